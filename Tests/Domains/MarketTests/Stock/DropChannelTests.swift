import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Market

/// What is said in shops' channels.
@Suite struct DropChannelTests {
    @Test func aDropIsToldWhenItOpens() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let opening = plaza.clock.now.advanced(bySeconds: 60)
            let drop = try await plaza.product("Drop", in: shop) { $0.opensAt = opening }
            try await plaza.product("Bowl", in: shop)
            try await plaza.follow()
            try await plaza.runJobs()
            #expect(plaza.pushes.take().isEmpty)
            plaza.clock.set(opening)
            try await plaza.runJobs()
            let pushes = plaza.pushes.take()
            #expect(pushes.map(\.channel.description) == ["shop:\(shop.id)"])
            #expect(pushes.first?.type == "drop.opened")
            #expect(pushes.first?.data["product"] == .string("\(drop)"))
            #expect(pushes.first?.delivery == .ordered)
            #expect(pushes.first?.key != nil)
        }
    }

    /// Postponed, called off, or taken out of sale meanwhile.
    @Test func aDropIsToldAtItsLastTimeAlone() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let opening = plaza.clock.now.advanced(bySeconds: 60)
            let drops = [
                try await plaza.product("Later", in: shop) { $0.opensAt = opening },
                try await plaza.product("Now", in: shop) { $0.opensAt = opening },
                try await plaza.product("Never", in: shop) { $0.opensAt = opening },
            ]
            try await plaza.follow()
            let later = opening.advanced(bySeconds: 60)
            _ = try await plaza.market.change(drops[0], by: shop.owner) { $0.opensAt = later }
            _ = try await plaza.market.change(drops[1], by: shop.owner) { $0.opensAt = nil }
            _ = try await plaza.market.change(drops[2], by: shop.owner) { $0.status = .archived }
            try await plaza.follow()
            plaza.clock.set(opening)
            try await plaza.runJobs()
            #expect(plaza.pushes.take().isEmpty)
            plaza.clock.set(later)
            try await plaza.runJobs()
            let told = plaza.pushes.take().map { $0.data["product"]?.string }
            #expect(told == ["\(drops[0])"])
        }
    }

    @Test func everybodyHearsAnOpenShop() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let channels = ShopChannels(market: plaza.market)
            let anybody = Principal(account: plaza.person(), session: ID(rawValue: 1), role: .person)
            let channel = try #require(ChannelName("shop:\(shop.id)"))
            _ = try await channels.admit(anybody, to: channel)
            for name in ["shop:shp_0000000000001", "shop:kiln", "shop:\("\(shop.id)".lowercased())"] {
                let unknown = try #require(ChannelName(name))
                await #expect(throws: ChannelRefusal.self) { _ = try await channels.admit(anybody, to: unknown) }
            }
            for state in [ShopProfile.State.closed, .open] {
                try await plaza.market.change(shop.id, state: state, by: shop.owner)
            }
            #expect(plaza.pushes.takeEndings() == ["end \(channel)"])
            try await plaza.database.write { tx in _ = try plaza.market.closeShops(of: shop.owner, in: tx) }
            #expect(plaza.pushes.takeEndings() == ["end \(channel)"])
            await #expect(throws: ChannelRefusal.self) { _ = try await channels.admit(anybody, to: channel) }
        }
    }
}
