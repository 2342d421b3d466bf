package import Core
package import Storage

/// Accounts of money and what moved between them: the books.
///
/// Owns `ledger_account` and `transfer`. What `LedgerCore` decides is written in the caller's transaction, so that an
/// order and its payment are there together or not at all. Transfers are never changed or deleted; what was wrong is put
/// right by another one. Who buys what, and when a seller is due, is for `Flows` to say: it calls ``postTogether(_:in:)``.
package struct LedgerService: Sendable {
    let database: any Database
    let ids: IDGenerator
    let clock: WallClock

    package init(database: any Database, ids: IDGenerator, clock: WallClock) {
        self.database = database
        self.ids = ids
        self.clock = clock
    }

    package static let migrations = LedgerSchema.migrations
}
