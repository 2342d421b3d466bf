import Core
import Flows
import HTTPTypes
import Storage
import Testing

@testable import App

@Suite struct DemoShopTests {
    @Test func everyListHasSomethingToShowAndTheBooksBalance() async throws {
        try await withPlaza { plaza in
            let house = plaza.plaza
            _ = try await house.demo.run(
                seed: 7, size: Demo.Size(people: 20, postsPerPerson: 4, followsPerPerson: 4), password: "plaza demo",
                origin: "http://127.0.0.1:8080")
            let report = try await house.demoShop(origin: "http://127.0.0.1:8080").open(with: house.demoPeople(20))
            #expect(report.products == 9)

            let states = try await house.database.read { db in
                try db.rows("SELECT DISTINCT state FROM sub_order ORDER BY state /* scan: a test's table */") {
                    $0.integer(0)
                }
            }
            #expect(states == Array(0...6), "an order in every state")
            #expect(try await plaza.verify() == [])

            let products = try await plaza.send(.get, "/v1/products").json["items"]?.array ?? []
            #expect(products.count == 9)
            let posts = try await plaza.send(.get, "/v1/feed?kind=explore").json["items"]?.array ?? []
            let ofShops = posts.filter { $0["products"]?.array?.isEmpty == false }
            #expect(ofShops.count > 1, "what is sold is among what people see first")
            let url = try #require(ofShops.first?["media"]?.array?.first?["url"]?.string)
            let picture = try await plaza.send(.get, String(url.dropFirst("http://127.0.0.1:8080".count)))
            #expect(picture.status == .ok)
            #expect(picture.headers[.contentType] == "image/svg+xml")
            #expect(try await plaza.send(.get, "/demo/pictures/bowl-99").status == .notFound)
        }
    }

    @Test func aPictureIsCalledByWhatItShows() {
        for thing in DemoPicture.things.indices {
            for palette in 0..<DemoPicture.paletteCount {
                let picture = DemoPicture(thing: thing, palette: palette)
                #expect(DemoPicture(name: picture.name) == picture)
                #expect(picture.svg.hasPrefix("<svg ") && picture.svg.hasSuffix("</svg>"))
            }
        }
        for name in ["", "bowl", "bowl-", "bowl-8", "bowl--1", "bowl-+1", "bowl-01", "moon-1", "bowl-1-1", "<b>-1"] {
            #expect(DemoPicture(name: name) == nil, "\(name)")
        }
    }
}
