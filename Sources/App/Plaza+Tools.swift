import Accounts
package import Core
package import Flows
import Storage

/// What the command line does to a data directory.
extension Plaza {
    package var importer: Importer {
        Importer(database: database, accounts: accounts, social: social, clock: clock, node: node.number)
    }

    package var demo: Demo {
        Demo(database: database, accounts: accounts, social: social, clock: clock, node: node.number)
    }

    /// - Parameter origin: where browsers will find the server: `http://127.0.0.1:8080`.
    package func demoShop(origin: String) -> DemoShop {
        DemoShop(
            database: database, social: social, market: market, ledger: ledger, checkout: checkout, chat: chat,
            clock: clock, origin: origin)
    }

    /// Who of the demonstration sells and buys.
    package func demoPeople(_ count: Int) async throws -> [ID<Account>] {
        let handles = (0..<count).map(Demo.handle)
        let found = try await database.read { [accounts] db in try accounts.accounts(named: handles, in: db) }
        return handles.compactMap { found[$0] }
    }
}
