import Accounts
import App
import Core
import Foundation
import Ledger
import Logging
import Market
import PlazaTesting
import Storage
import StorageSQLite
import Testing

/// A hundred people want what there is twenty of, some bring it back, and the server dies in the midst of it: what is
/// sold in the end is twenty, and who waited has had what came back.
extension ServerTests {
    @Suite struct DropTests {
        @Test func aDropSellsOutExactlyWhateverDies() async throws {
            try await withTemporaryDirectory { directory in
                let drop = try await Drop(in: directory, stock: 20, buyers: 100)
                for milliseconds in [60, 120, 240] {
                    let server = try await PlazaServer(in: directory)
                    await withTaskGroup(of: Void.self) { group in
                        group.addTask { await drop.rush(at: server.port, isCancelling: true) }
                        try? await Task.sleep(for: .milliseconds(milliseconds))
                        await server.killAtOnce()
                    }
                    try await drop.expectVerified("killed after \(milliseconds) ms")
                }
                try await withServer(in: directory) { server in
                    await drop.rush(at: server.port, isCancelling: true)
                    // Who has been offered a piece takes it; each time fewer have brought theirs back.
                    for _ in 0..<3 { await drop.rush(at: server.port, isCancelling: false) }
                }
                try await drop.expectVerified("at the end")
                // How many brought theirs back depends on when the kills came.
                let (reserved, offered) = try await drop.outcome()
                #expect(reserved == 20 && offered == 0)
            }
        }
    }
}

private struct Drop: Sendable {
    let directory: String
    let variant: String
    let tokens: [String]

    private static let price: Int64 = 1_000

    init(in directory: String, stock: Int64, buyers: Int) async throws {
        self.directory = directory
        let plaza = try await Plaza(
            Configuration(flags: ["PLAZA_DATA_DIR": directory]),
            passwordCost: ScryptCost(logN: 10, blockSize: 8, parallelism: 1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let euro = try #require(Currency("EUR"))
        var tokens: [String] = []
        for index in 0..<buyers {
            let person = AccountDraft(handle: "buyer\(index)", password: "tulips and kilns", displayName: "Buyer")
            let signedIn = try await plaza.accounts.signUp(
                person, from: SignInOrigin(address: "192.0.2.\(index)", device: "test"))
            tokens.append(signedIn.tokens.access)
            let ledger = plaza.ledger
            _ = try await plaza.database.write { tx in
                try ledger.adjust(
                    .person(signedIn.profile.id), by: Money(10 * Self.price, euro), reason: "test",
                    administrator: signedIn.profile.id, in: tx)
            }
        }
        let seller = plaza.ids.next(Account.self)
        let shop = try await plaza.market.openShop(handle: "kiln", name: "Kiln", currency: euro, by: seller)
        var draft = ProductDraft(title: "Bowl")
        draft.status = .active
        var bowl = VariantDraft(price: Self.price)
        bowl.onHand = stock
        draft.variants = [bowl]
        let product = try await plaza.market.create(draft, in: shop.id, by: seller).id
        let variant = try await plaza.database.read { db in
            try db.first("SELECT id FROM variant WHERE product_id = \(product) AND is_deleted = 0") {
                $0.id(0, Variant.self)
            }
        }
        await plaza.close()
        self.tokens = tokens
        self.variant = try #require(variant).description
    }

    /// Everybody at once: buys, or stands in line; every third of those who bought brings it back.
    func rush(at port: Int, isCancelling: Bool) async {
        await withTaskGroup(of: Void.self) { group in
            for (index, token) in tokens.enumerated() {
                group.addTask {
                    // Connections break off when the server dies.
                    try? await withWire(port: port, host: "127.0.0.1") { wire in
                        try await act(&wire, token, isCancelling: isCancelling && index % 3 == 0)
                    }
                }
            }
        }
    }

    private func act(_ wire: inout Wire, _ token: String, isCancelling: Bool) async throws {
        let orders = try await wire.call("GET", "/v1/orders", token: token).json["items"]?.array ?? []
        let paid = orders.first { $0["parts"]?.array?.first?["state"] == "paid" }
        guard let order = paid?["id"]?.string else { return try await buy(&wire, token, after: orders.count) }
        guard isCancelling else { return }
        _ = try await wire.call(
            "POST", "/v1/orders/\(order)/cancel", token: token, headers: "Idempotency-Key: cancel-\(order)\r\n",
            body: [:])
    }

    private func buy(_ wire: inout Wire, _ token: String, after count: Int) async throws {
        let money: JSON = ["amount": .integer(Self.price), "currency": "EUR"]
        let answer = try await wire.call(
            "POST", "/v1/checkout", token: token, headers: "Idempotency-Key: buy-\(count)\r\n",
            body: [
                "payment": "wallet", "lines": [["variant": .string(variant), "quantity": 1, "price": money]],
                "address": ["name": "Ann", "street": "Kiln Lane 1", "city": "Delft", "country": "NL"],
            ])
        guard answer.status != 201 else { return }
        #expect(answer.code == "not_sold", "\(answer.json.text)")
        let place = try await wire.call("PUT", "/v1/variants/\(variant)/waiting", token: token)
        #expect(place.status == 200 || place.code == "not_sold_out", "\(place.json.text)")
    }

    func expectVerified(_ context: String) async throws {
        let outcome = try await PlazaCommand().run("verify", "--json", "--data-dir", directory)
        #expect(outcome.status == 0, "\(context): \(outcome.output) \(outcome.complaints)")
    }

    /// Pieces that are sold or kept, those kept for people in line, and those that were brought back.
    func outcome() async throws -> (reserved: Int64, offered: Int64) {
        let database = try SQLiteDatabase(path: directory + "/plaza.sqlite")
        defer { database.close() }
        return try await database.read { db in
            (
                try db.integer("SELECT SUM(reserved) FROM stock /* scan: test */"),
                try db.integer(
                    "SELECT COUNT(*) FROM waiting_place WHERE offered_until IS NOT NULL /* scan: test */")
            )
        }
    }
}
