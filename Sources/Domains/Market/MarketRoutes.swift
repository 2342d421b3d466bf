import Core
package import HTTP
import HTTPTypes

extension MarketService {
    /// Every route of the slice.
    package var routes: [Route] {
        shopRoutes + barringRoutes + staffRoutes + collectionRoutes + productRoutes + variantRoutes + waitingRoutes
            + listRoutes
            + importRoutes + orderRoutes + attributionRoutes
    }
}

extension RouteRequest {
    var viewer: ID<Account>? { principal?.account }

    /// `{shop}` as an id or a handle.
    func shopName() -> ShopName {
        Self.shopName(parameter("shop"))
    }

    static func shopName(_ text: String) -> ShopName {
        ID<Shop>(text).map(ShopName.id) ?? .handle(text.lowercased())
    }
}

extension MarketService {
    /// The shop that a route is about, by its id or handle. No statement for an id.
    func shopID(_ request: RouteRequest) async throws -> ID<Shop> {
        switch request.shopName() {
        case .id(let id): id
        case .handle: try await shop(request.shopName()).id
        }
    }
}

extension Reply {
    static func shop(_ shop: ShopProfile, status: HTTPResponse.Status = .ok) -> Reply {
        .object(status: status) { json in shop.members(to: &json) }
    }

    static func product(_ page: ProductPage, status: HTTPResponse.Status = .ok) -> Reply {
        .json(page.json, status: status)
    }

    /// With where the viewer stands in line, as its last member.
    static func product(_ page: ProductPage, waiting: [PlaceInLine]) -> Reply {
        guard !waiting.isEmpty else { return .product(page) }
        var json = JSONWriter(capacity: 32 + waiting.count * 160)
        json.name("waiting")
        json.array(waiting) { json, place in place.write(to: &json) }
        // The page is an object with members: its brace is moved to the end.
        return .json(page.json.dropLast() + [UInt8(ascii: ",")] + json.finish() + [UInt8(ascii: "}")])
    }
}

extension ShopProfile {
    func members(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("handle", handle)
        json.member("name", name)
        json.member("owner", owner)
        json.member("currency", currency.rawValue)
        json.member("state", state.name)
        json.member("created_at", id.createdAt)
    }
}
