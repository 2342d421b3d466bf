import Core
import HTTPTypes
import HTTPTesting
import Market
import Testing

@Suite struct OrderRouteTests {
    @Test func aCartIsBoughtAndDelivered() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let shop = try await plaza.shop("kiln", by: ben)
            let bowl = try await plaza.variant(in: shop)
            try await plaza.give(5_000, to: ann)
            let put: JSON = ["quantity": 2, "price": PlazaFixture.euros(1_000)]
            #expect(try await plaza.send(.put, "/v1/cart/lines/\(bowl)", as: ann, body: put).status == .noContent)
            let cart = try await plaza.send(.get, "/v1/cart", as: ann)
            #expect(cart.json["totals"] == [PlazaFixture.euros(2_000)])
            let bought = try await plaza.checkOut(nil, as: ann, key: "one")
            #expect(bought.status == .created)
            let order = try #require(bought.json["id"]?.string)
            #expect(bought.json["parts"]?.array?.first?["state"] == "paid")
            #expect(try await plaza.send(.get, "/v1/cart", as: ann).json["shops"] == [])
            for (action, person) in [("ship", ben), ("deliver", ann), ("complete", ann)] {
                #expect(try await plaza.act(action, on: order, as: person).status == .ok, "\(action)")
            }
            let whole = try await plaza.send(.get, "/v1/orders/\(order)", as: ann)
            #expect(whole.json["parts"]?.array?.first?["state"] == "completed")
            #expect(whole.json["parts"]?.array?.first?["fee"] == nil, "fees are between the platform and the seller")
            #expect(whole.json["history"]?.array?.count == 5)
            #expect(whole.json["address"]?["city"] == "Delft")
            let sold = try await plaza.send(.get, "/v1/orders/\(order)", as: ben)
            #expect(sold.json["parts"]?.array?.first?["fee"] == PlazaFixture.euros(100))
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func aKeyBuysOnce() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let bowl = try await plaza.variant(in: try await plaza.shop("kiln", by: ben))
            try await plaza.give(10_000, to: ann)
            let line = PlazaFixture.line(bowl)
            let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<30 { group.addTask { try await plaza.checkOut([line], as: ann, key: "same").bytes } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(bodies.count == 1)
            #expect(try await plaza.available(ann) == 9_000)
            let other = try await plaza.checkOut([PlazaFixture.line(bowl, 2)], as: ann, key: "same")
            #expect(other.code == "idempotency_key_reused")
            let missing = try await plaza.send(
                .post, "/v1/checkout", as: ann,
                body: [
                    "payment": "wallet", "lines": [line],
                    "address": ["name": "Ann", "street": "Kiln Lane 1", "city": "Delft", "country": "NL"],
                ])
            #expect(missing.code == "idempotency_key_missing")
            // A refund that is sent again gives back once.
            let order = try #require(try await plaza.send(.get, "/v1/orders", as: ann).items.first?["id"]?.string)
            #expect(try await plaza.act("refund", on: order, as: ben).status == .ok)
            #expect(try await plaza.act("refund", on: order, as: ben).status == .ok)
            #expect(try await plaza.available(ann) == 10_000)
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func aKeyForTwoPurchasesAtOnceBuysOneOfThem() async throws {
        try await withPlaza(door: .live) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let bowl = try await plaza.variant(in: try await plaza.shop("kiln", by: ben))
            try await plaza.give(10_000, to: ann)
            let answers = try await withThrowingTaskGroup(of: (pieces: Int64, answer: Answer).self) { group in
                for index in 0..<40 {
                    let pieces = Int64(1 + index % 2)
                    group.addTask {
                        let line = PlazaFixture.line(bowl, pieces)
                        return (pieces, try await plaza.checkOut([line], as: ann, key: "same"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let bought = answers.filter { $0.answer.status == .created }
            let pieces = try #require(bought.first?.pieces)
            #expect(bought.count == 20 && Set(bought.map(\.pieces)) == [pieces])
            #expect(Set(bought.map(\.answer.bytes)).count == 1)
            let others = answers.filter { $0.pieces != pieces }.map(\.answer)
            #expect(others.count == 20 && others.allSatisfy { $0.code == "idempotency_key_reused" })
            #expect(try await plaza.available(ann) == 10_000 - 1_000 * pieces)
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func whatHasChangedIsSaid() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let shop = try await plaza.shop("kiln", by: ben)
            let bowl = try await plaza.variant(in: shop, price: 1_200, stock: 3)
            try await plaza.give(10_000, to: ann)
            let dear = try await plaza.checkOut([PlazaFixture.line(bowl)], as: ann, key: "one")
            #expect(dear.status == .conflict)
            #expect(dear.code == "price_changed")
            #expect(dear.faults == ["/lines/\(bowl)/price price_changed"])
            #expect(dear.json["errors"]?.array?.first?["current"] == PlazaFixture.euros(1_200))
            let many = try await plaza.checkOut([PlazaFixture.line(bowl, 4, price: 1_200)], as: ann, key: "two")
            #expect(many.code == "not_sold")
            #expect(many.faults == ["/lines/\(bowl) sold_out"])
            let poor = try await plaza.checkOut([PlazaFixture.line(bowl)], as: ben, key: "one")
            #expect(poor.code == "price_changed")
            let none = try await plaza.checkOut([PlazaFixture.line(bowl, 1, price: 1_200)], as: ben, key: "one")
            #expect(none.code == "insufficient_funds")
            #expect(try await plaza.checkOut(nil, as: ann, key: "three").code == "cart_empty")
            // What was refused may be sent again under its key.
            let again = try await plaza.checkOut([PlazaFixture.line(bowl, 1, price: 1_200)], as: ann, key: "two")
            #expect(again.status == .created)
            #expect(try await plaza.verify() == [])
        }
    }

    @Test(arguments: [0, -1, 10_001, Int64.max, .min])
    func quantitiesThatMakeNoSenseAreRefused(quantity: Int64) async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let bowl = try await plaza.variant(in: try await plaza.shop("kiln", by: ben))
            try await plaza.give(10_000, to: ann)
            let bought = try await plaza.checkOut([PlazaFixture.line(bowl, quantity)], as: ann, key: "one")
            #expect(bought.code == "invalid_fields")
            let put: JSON = ["quantity": .integer(quantity), "price": PlazaFixture.euros(1_000)]
            #expect(try await plaza.send(.put, "/v1/cart/lines/\(bowl)", as: ann, body: put).code == "invalid_fields")
            let order = try #require(
                try await plaza.checkOut([PlazaFixture.line(bowl)], as: ann, key: "two").json["id"]?.string)
            let lines: JSON = ["lines": [["variant": .string(bowl), "quantity": .integer(quantity)]]]
            for action in ["cancel", "refund"] {
                #expect(try await plaza.act(action, on: order, as: ben, lines).code == "invalid_fields")
            }
            #expect(try await plaza.available(ann) == 9_000)
        }
    }

    @Test func othersOrdersAreNotThere() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let eve = try await plaza.signUp("eve")
            let (kiln, other) = (try await plaza.shop("kiln", by: ben), try await plaza.shop("other", by: eve))
            let bowl = try await plaza.variant(in: kiln)
            let mine = try await plaza.variant(in: other)
            try await plaza.give(5_000, to: ann)
            let put: JSON = ["quantity": 1, "price": PlazaFixture.euros(1_000)]
            _ = try await plaza.send(.put, "/v1/cart/lines/\(bowl)", as: ann, body: put)
            #expect(try await plaza.send(.get, "/v1/cart", as: eve).json["shops"] == [])
            let order = try #require(try await plaza.checkOut(nil, as: ann, key: "one").json["id"]?.string)
            #expect(try await plaza.send(.get, "/v1/orders/\(order)", as: eve).code == "order_not_found")
            for action in ["pay", "ship", "deliver", "complete", "cancel", "refund"] {
                let answer = try await plaza.act(action, on: order, as: eve)
                #expect(answer.status == .notFound && answer.code == "order_not_found", "\(action)")
                let unknown = try await plaza.act(action, on: "ord_0000000000001", as: ann)
                #expect(unknown.code == "order_not_found", "\(action)")
            }
            #expect(try await plaza.send(.get, "/v1/orders", as: eve).items.isEmpty)
            #expect(try await plaza.send(.get, "/v1/shops/\(kiln.id)/orders", as: eve).code == "shop_not_found")
            // A variant of another shop is in no part of this order.
            let lines: JSON = ["lines": [["variant": .string(mine), "quantity": 1]]]
            #expect(
                try await plaza.act("refund", on: order, as: ben, lines).faults == ["/lines/\(mine) line_not_found"])
            let wrong: JSON = ["shop": .string("\(other.id)")]
            #expect(try await plaza.act("ship", on: order, as: ben, wrong).code == "order_not_found")
            #expect(try await plaza.act("ship", on: order, as: ann).code == "not_yours_to_do")
            // An administrator mends any order.
            let admin = try await plaza.administrator()
            #expect(try await plaza.send(.get, "/v1/orders/\(order)", as: admin).status == .ok)
            #expect(try await plaza.act("refund", on: order, as: admin).status == .ok)
            #expect(try await plaza.available(ann) == 5_000)
            #expect(try await plaza.verify() == [])
        }
    }

    /// A page of a buyer's orders, a shop's, and an order of many lines, each within its statements.
    @Test func listsArePagesAndDetailIsFourStatements() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            try await plaza.give(1_000_000, to: ann)
            var lines: [JSON] = []
            var owners: [Person] = []
            for index in 0..<5 {
                let owner = try await plaza.signUp("seller\(index)")
                let shop = try await plaza.shop("shop\(index)", by: owner)
                owners.append(owner)
                for _ in 0..<4 { lines.append(PlazaFixture.line(try await plaza.variant(in: shop))) }
            }
            var orders: [String] = []
            for index in 0..<5 {
                let answer = try await plaza.checkOut(lines, as: ann, key: "\(index)", capture: "later")
                orders.insert(try #require(answer.json["id"]?.string), at: 0)
            }
            let whole = try await plaza.send(.get, "/v1/orders/\(orders[0])", as: ann)
            #expect(whole.json["parts"]?.array?.compactMap { $0["lines"]?.array?.count } == [4, 4, 4, 4, 4])
            var (seen, cursor): ([String], String?) = ([], nil)
            repeat {
                let rest = cursor.map { "&cursor=\($0)" } ?? ""
                let page = try await plaza.send(.get, "/v1/orders?limit=2\(rest)", as: ann)
                seen += page.items.compactMap { $0["id"]?.string }
                cursor = page.next
            } while cursor != nil
            #expect(seen == orders)
            #expect(try await plaza.act("pay", on: orders[1], as: ann).status == .ok)
            let shop = try #require(whole.json["parts"]?.array?.last?["shop"]?["id"]?.string)
            for (query, expected) in [("", orders), ("?state=paid", [orders[1]]), ("?state=shipped", [])] {
                let page = try await plaza.send(.get, "/v1/shops/\(shop)/orders\(query)", as: owners[4])
                #expect(page.items.compactMap { $0["id"]?.string } == expected, "\(query)")
                #expect(page.items.allSatisfy { $0["parts"]?.array?.count == 1 })
            }
            #expect(try await plaza.send(.get, "/v1/orders?cursor=AAAA", as: ann).code == "invalid_cursor")
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func whoLeavesWithOrdersUnderWayIsHeldBack() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let bowl = try await plaza.variant(in: try await plaza.shop("kiln", by: ben))
            try await plaza.give(1_000, to: ann)
            let bought = try await plaza.checkOut([PlazaFixture.line(bowl)], as: ann, key: "one")
            let order = try #require(bought.json["id"]?.string)
            let password: JSON = ["password": .string(PlazaFixture.password)]
            #expect(try await plaza.send(.delete, "/v1/me", as: ann, body: password).code == "orders_under_way")
            _ = try await plaza.act("ship", on: order, as: ben)
            _ = try await plaza.act("complete", on: order, as: ann)
            let export = try await plaza.send(.get, "/v1/me/export", as: ann)
            #expect(export.json["orders"]?.array?.first?["address"]?["city"] == "Delft")
            #expect(try await plaza.send(.delete, "/v1/me", as: ann, body: password).status == .noContent)
            #expect(try await plaza.send(.get, "/v1/orders/\(order)", as: ben).json["address"] == [:])
            #expect(try await plaza.verify() == [])
        }
    }
}
