package import Core
package import Events
package import Idempotency
package import Jobs
package import Storage

/// Accounts of money and what moved between them: the books, and the wallets that people see of them.
///
/// Owns `ledger_account`, `transfer`, `transfer_note`, `payment` and `payment_notice`. What `LedgerCore` decides is
/// written in the caller's transaction, so that an order and its payment are there together or not at all. Transfers are
/// never changed or deleted; what was wrong is put right by another one. Providers are called by jobs, outside of
/// transactions, and what they say is booked once. Who buys what, and when a seller is due, is for `Flows` to say: it
/// calls ``postTogether(_:in:)`` with accounts from ``account(of:purpose:currency:in:)``.
package struct LedgerService: Sendable {
    /// The most that one transfer of a person or administrator moves, in minor units: nine million of these fit into the
    /// 63 bits of an account, so nobody can fill the one that everybody's top-ups go through.
    static let amountMax: Int64 = 1_000_000_000_000

    let database: any Database
    let ids: IDGenerator
    let clock: WallClock
    let events: EventLog
    let jobs: JobQueue
    let cursors: CursorSealer
    let keys: IdempotencyKeys
    let payees: any PayeeDirectory
    let shops: any ShopTreasury
    let orders: any ClaimingOrders
    /// The first is asked; the others may still have to say something about what they were asked before.
    let providers: [any PaymentProvider]

    package init(
        database: any Database, ids: IDGenerator, clock: WallClock, events: EventLog, jobs: JobQueue,
        cursors: CursorSealer, keys: IdempotencyKeys, payees: any PayeeDirectory, shops: any ShopTreasury,
        orders: any ClaimingOrders, providers: [any PaymentProvider]
    ) {
        self.database = database
        self.ids = ids
        self.clock = clock
        self.events = events
        self.jobs = jobs
        self.cursors = cursors
        self.keys = keys
        self.payees = payees
        self.shops = shops
        self.orders = orders
        self.providers = providers
    }

    package static let migrations = LedgerSchema.migrations
}
