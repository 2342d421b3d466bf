import App
import Core
import HTTPTypes
import Storage
import Testing

@Suite struct WaitingRouteTests {
    @Test func whoWaitedBuysWhatCameBack() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let (eve, zoe) = (try await plaza.signUp("eve"), try await plaza.signUp("zoe"))
            let bowl = try await plaza.variant(in: try await plaza.shop("kiln", by: ben), stock: 1)
            for person in [ann, eve, zoe] { try await plaza.give(1_000, to: person) }
            let line = [PlazaFixture.line(bowl)]
            #expect(try await plaza.send(.put, "/v1/variants/\(bowl)/waiting", as: eve).code == "not_sold_out")
            let bought = try await plaza.checkOut(line, as: ann, key: "one")
            let order = try #require(bought.json["id"]?.string)
            let late = try await plaza.checkOut(line, as: eve, key: "one")
            #expect(late.faults == ["/lines/\(bowl) sold_out"])
            let message = late.json["errors"]?.array?.first?["message"]?.string
            #expect(message?.contains("/waiting keeps a place in line") == true)
            for (person, place) in [(eve, 1), (zoe, 2), (eve, 1)] as [(Person, Int64)] {
                let answer = try await plaza.send(.put, "/v1/variants/\(bowl)/waiting", as: person)
                #expect(answer.json["place"]?.integer == place)
            }
            #expect(try await plaza.act("cancel", on: order, as: ann).status == .ok)
            let offer = try await plaza.send(.get, "/v1/variants/\(bowl)/waiting", as: eve)
            #expect(offer.json["offered_until"]?.string != nil && offer.json["place"] == .null)
            #expect(try await plaza.checkOut(line, as: zoe, key: "one").code == "not_sold")
            #expect(try await plaza.verify() == [])
            // Who had tried too early tries again under the same key.
            #expect(try await plaza.checkOut(line, as: eve, key: "one").status == .created)
            #expect(try await plaza.send(.get, "/v1/waiting", as: eve).items == [])
            #expect(try await plaza.send(.get, "/v1/waiting", as: zoe).items.first?["place"]?.integer == 1)
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func aCartSaysThatAPieceIsKept() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let bowl = try await plaza.variant(in: try await plaza.shop("kiln", by: ben), stock: 0)
            let put: JSON = ["quantity": 1, "price": PlazaFixture.euros(1_000)]
            #expect(try await plaza.send(.put, "/v1/cart/lines/\(bowl)", as: ann, body: put).status == .noContent)
            #expect(try await plaza.send(.put, "/v1/variants/\(bowl)/waiting", as: ann).status == .ok)
            #expect(try await plaza.send(.get, "/v1/cart", as: ann).json.text.contains("sold_out"))
            let received: JSON = ["reason": "received", "change": 1]
            let stock = try await plaza.send(
                .post, "/v1/variants/\(bowl)/stock", as: ben, headers: [.idempotencyKey: "r"], body: received)
            #expect(stock.json["reserved"]?.integer == 1)
            #expect(stock.json["available"]?.integer == 0)
            #expect(try await !plaza.send(.get, "/v1/cart", as: ann).json.text.contains("sold_out"))
        }
    }

    @Test func whoLeavesTheHouseLeavesTheLine() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let bowl = try await plaza.variant(in: try await plaza.shop("kiln", by: ben), stock: 0)
            #expect(try await plaza.send(.put, "/v1/variants/\(bowl)/waiting", as: ann).status == .ok)
            let export = try await plaza.send(.get, "/v1/me/export", as: ann)
            #expect(export.json["waiting"]?.array?.first?["variant"] == .string(bowl))
            let left = try await plaza.send(
                .delete, "/v1/me", as: ann, body: ["password": .string(PlazaFixture.password)])
            #expect(left.status == .noContent)
            let places = try await plaza.plaza.database.read { db in
                try db.integer("SELECT COUNT(*) FROM waiting_place /* scan: test */")
            }
            #expect(places == 0)
        }
    }
}
