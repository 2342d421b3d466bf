import App
import Core
import Foundation
import Glibc
import Ledger
import Logging
import Market
import PlazaTesting
import Storage
import StorageSQLite
import Testing

/// A checkout is cut off in the midst of what it writes, again and again and each time a little later. Whatever was
/// reached, the books and the stock are right, and the client's retry buys once.
extension ServerTests {
    @Suite struct CheckoutKillTests {
        private static let steps = 10
        private static let price: Int64 = 1_000
        private static let wealth: Int64 = 1_000_000

        @Test func aCheckoutThatWasCutOffIsDoneOnce() async throws {
            try await withTemporaryDirectory { directory in
                let shopper = try await Shopper(in: directory, price: Self.price, wealth: Self.wealth)
                let length = try await shopper.measure()
                var killed = 0
                for step in 0...Self.steps {
                    let bytes = step == Self.steps ? nil : length * step / Self.steps
                    if try await shopper.buyAndDie(after: bytes, key: "step-\(step)") { killed += 1 }
                    let context = "step \(step), \(bytes ?? length) of \(length) bytes"
                    try await shopper.expectVerified(context)
                    try await shopper.retry("step-\(step)", context)
                    try await shopper.expectVerified("\(context), retried")
                }
                #expect(killed >= Self.steps - 1, "most of them are cut off before the end")
            }
        }
    }
}

/// Somebody who buys the same again and again from a server that dies.
private final class Shopper: Sendable {
    private let directory: String
    private let token: String
    private let variant: String
    private let price: Int64
    private let wealth: Int64

    init(in directory: String, price: Int64, wealth: Int64) async throws {
        (self.directory, self.price, self.wealth) = (directory, price, wealth)
        let person: JSON = ["handle": "ann", "display_name": "Ann", "password": "tulips and kilns"]
        var answer = JSON.null
        try await withServer(in: directory, Self.settings) { server in
            answer = try await withWire(port: server.port, host: "127.0.0.1") {
                try await $0.callPatiently("POST", "/v1/accounts", body: person).json
            }
        }
        token = try #require(answer["session"]?["access_token"]?.string)
        let buyer = try #require(answer["account"]?["id"]?.string.flatMap { ID<Account>($0) })
        variant = try await Self.stock(directory, buyer, price: price, wealth: wealth)
    }

    /// Nothing is written but what requests write.
    private static let settings = ["PLAZA_ROLES": "api"]

    private static func stock(
        _ directory: String, _ buyer: ID<Account>, price: Int64, wealth: Int64
    ) async throws -> String {
        let plaza = try await Plaza(
            Configuration(flags: ["PLAZA_DATA_DIR": directory]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let euro = try #require(Currency("EUR"))
        let seller = plaza.ids.next(Account.self)
        let shop = try await plaza.market.openShop(handle: "kiln", name: "Kiln", currency: euro, by: seller)
        var draft = ProductDraft(title: "Bowl")
        draft.status = .active
        var bowl = VariantDraft(price: price)
        bowl.onHand = 1_000
        draft.variants = [bowl]
        let product = try await plaza.market.create(draft, in: shop.id, by: seller).id
        let ledger = plaza.ledger
        _ = try await plaza.database.write { tx in
            try ledger.adjust(
                .person(buyer), by: Money(wealth, euro), reason: "test", administrator: seller, in: tx)
        }
        let variant = try await plaza.database.read { db in
            try db.first("SELECT id FROM variant WHERE product_id = \(product) AND is_deleted = 0") {
                $0.id(0, Variant.self)
            }
        }
        await plaza.close()
        return try #require(variant).description
    }

    private var log: String { directory + "/plaza.sqlite-wal" }

    private func logSize() -> Int {
        (try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int) ?? 0
    }

    private func checkOut(_ wire: inout Wire, _ key: String) async throws -> Wire.Response {
        let money: JSON = ["amount": .integer(price), "currency": "EUR"]
        return try await wire.call(
            "POST", "/v1/checkout", token: token, headers: "Idempotency-Key: \(key)\r\n",
            body: [
                "payment": "wallet", "lines": [["variant": .string(variant), "quantity": 1, "price": money]],
                "address": ["name": "Ann", "street": "Kiln Lane 1", "city": "Delft", "country": "NL"],
            ])
    }

    /// Bytes that a checkout adds to the write-ahead log.
    func measure() async throws -> Int {
        var length = 0
        try await withServer(in: directory, Self.settings) { server in
            try await withWire(port: server.port, host: "127.0.0.1") { wire in
                for key in ["first", "second"] {
                    let before = logSize()
                    let answer = try await checkOut(&wire, key)
                    #expect(answer.status == 201)
                    length = logSize() - before
                }
            }
        }
        return length
    }

    /// Starts a server, buys, and kills the server when it has written so much, which is as far as the kernel lets it.
    /// - Parameter bytes: nil: it dies once it has answered.
    /// - Returns: whether it died in the midst of it.
    func buyAndDie(after bytes: Int?, key: String) async throws -> Bool {
        let server = try await PlazaServer(in: directory, Self.settings)
        let status = try await withWire(port: server.port, host: "127.0.0.1") { wire in
            _ = try await wire.call("GET", "/v1/cart", token: token)
            if let bytes { try server.command.limitFiles(to: logSize() + bytes) }
            return try await checkOut(&wire, key).status
        }
        await server.killAtOnce()
        return status != 201
    }

    func expectVerified(_ context: String) async throws {
        let outcome = try await PlazaCommand().run("verify", "--json", "--data-dir", directory)
        #expect(outcome.status == 0, "\(context): \(outcome.output) \(outcome.complaints)")
    }

    /// The same request again, twice: it was bought, or it is now, and both answers are one.
    func retry(_ key: String, _ context: String) async throws {
        try await withServer(in: directory, Self.settings) { server in
            try await withWire(port: server.port, host: "127.0.0.1") { wire in
                let answers = [try await checkOut(&wire, key), try await checkOut(&wire, key)]
                #expect(answers.map(\.status) == [201, 201], "\(context)")
                #expect(answers[0].body == answers[1].body, "\(context)")
                let orders = try await wire.call("GET", "/v1/orders?limit=100", token: token).json["items"]?.array ?? []
                let wallet = try await wire.call("GET", "/v1/wallet", token: token).json["balances"]?.array?.first
                let left = wealth - Int64(orders.count) * price
                #expect(wallet?["available"]?["amount"]?.integer == left, "\(context)")
                #expect(Set(orders.compactMap { $0["id"]?.string }).count == orders.count)
                #expect(orders.first?["id"] == answers[0].json["id"], "\(context)")
            }
        }
    }
}
