import Core
import Flows
import HTTP
import HTTPTypes
import Market
import Storage
import Testing

@testable import App

@Suite struct DemoShopTests {
    private static let origin = "http://127.0.0.1:8080"
    private static let password = "plaza demo"

    @Test func ordersAreInEveryStateAndTheBooksBalance() async throws {
        try await withPlaza { plaza in
            let report = try await open(plaza)
            #expect(report.shops == 4)
            #expect(report.orders == 32)
            let states = try await plaza.plaza.database.read { db in
                try db.rows("SELECT DISTINCT state FROM sub_order ORDER BY state /* scan: a test's table */") {
                    $0.integer(0)
                }
            }
            #expect(states == OrderState.allCases.map(\.rawValue))
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func everybodySeesShopsWithProductsAndPosts() async throws {
        try await withPlaza { plaza in
            let report = try await open(plaza)
            let products = try await items(plaza, "/v1/products?limit=100")
            #expect(products.count == report.products)
            #expect(products.contains { $0["available"]?.integer == 0 }, "something is sold out")
            #expect(products.contains { $0["opens_at"]?.string != nil }, "something opens later")
            #expect(products.allSatisfy { $0["picture"]?.string?.hasPrefix(Self.origin) == true })

            let kiln = try await plaza.send(.get, "/v1/shops/the-kiln/collections").json["items"]?.array ?? []
            #expect(kiln.count == 2)
            for collection in kiln {
                let id = try #require(collection["id"]?.string)
                #expect(try await items(plaza, "/v1/products?shop=the-kiln&collection=\(id)").count > 1)
            }
            let tagging = try await items(plaza, "/v1/feed?kind=explore&limit=100").filter {
                $0["products"]?.array != []
            }
            #expect(tagging.count == report.posts)
            #expect(tagging.allSatisfy { $0["counts"]?["comments"]?.integer ?? 0 > 1 })
        }
    }

    @Test func whoSignsInHasSomethingInEachList() async throws {
        try await withPlaza(isWorking: true) { plaza in
            _ = try await open(plaza)
            let person = try await plaza.signIn(Demo.firstHandle, password: Self.password)
            let shop = try #require(try await plaza.send(.get, "/v1/shops/the-kiln").json["id"]?.string)
            let lists = [
                "/v1/feed?kind=home", "/v1/orders", "/v1/shops", "/v1/shops/\(shop)/orders",
                "/v1/shops/\(shop)/products", "/v1/shops/\(shop)/wallet/entries", "/v1/wallet/entries",
                "/v1/me/attributions", "/v1/waiting", "/v1/conversations", "/v1/live", "/v1/friends",
                "/v1/friend-requests",
            ]
            for list in lists { #expect(try await items(plaza, list, as: person) != [], "\(list)") }
            let cart = try await plaza.send(.get, "/v1/cart", as: person).json
            #expect(cart["shops"]?.array?.count == 2)
            let inbox = try await plaza.send(.get, "/v1/conversations", as: person).json
            #expect(inbox["unread_count"]?.integer ?? 0 > 0)
            let rooms = try await items(plaza, "/v1/live", as: person)
            for room in rooms.compactMap({ $0["id"]?.string }) {
                #expect(try await items(plaza, "/v1/live/\(room)/messages", as: person).count > 3)
            }
        }
    }

    @Test func picturesAreServedWithoutAskingAnythingOfAnybody() async throws {
        try await withPlaza { plaza in
            _ = try await open(plaza)
            let product = try #require(try await items(plaza, "/v1/products?limit=1").first)
            let url = try #require(product["picture"]?.string)
            let picture = try await plaza.send(.get, String(url.dropFirst(Self.origin.count)))
            #expect(picture.status == .ok)
            #expect(picture.headers[.contentType] == "image/svg+xml")
            #expect(picture.headers[.contentSecurityPolicy] == "default-src 'none'")
            #expect(picture.headers[.cacheControl]?.contains("immutable") == true)
            for name in ["bowl-99", "bowl", "moon-1", "bowl-01", "%3Cb%3E-1", "bowl-1.svg"] {
                let answer = try await plaza.send(.get, "/demo/pictures/\(name)")
                #expect(answer.status == .notFound, "\(name)")
                #expect(answer.json["code"]?.string == "picture_not_found", "\(name)")
            }
        }
    }

    private func open(_ plaza: PlazaFixture) async throws -> DemoShopReport {
        let house = plaza.plaza
        _ = try await house.demo.run(
            seed: 7, size: Demo.Size(people: 20, postsPerPerson: 4, followsPerPerson: 4), password: Self.password,
            origin: Self.origin)
        return try await house.demoShop(origin: Self.origin).open(with: house.demoPeople(20))
    }

    private func items(_ plaza: PlazaFixture, _ path: String, as person: Person? = nil) async throws -> [JSON] {
        try await plaza.send(.get, path, as: person).json["items"]?.array ?? []
    }
}
