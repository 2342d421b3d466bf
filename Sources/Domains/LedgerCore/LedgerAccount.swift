package import Core

/// One account of the books: what went out of it and what came in, settled and held.
///
/// All four sums only grow, but for the pending two, which shrink when a hold ends. Amounts are in the minor unit of
/// the account's currency.
package struct LedgerAccount: EntityKind, Hashable, Sendable {
    package static let idPrefix = "lac"

    /// What an account's balance may not pass.
    package enum Rule: Int64, Sendable, CaseIterable {
        /// The platform's own accounts: they show what the world owes and is owed.
        case none = 0
        /// Nobody spends what they do not have. What is held for them does not count, and what they hold does.
        case debitsMustNotExceedCredits = 1
    }

    package let id: ID<LedgerAccount>
    package let currency: Currency
    package let rule: Rule
    /// Nothing goes in or out; holds on it can only be given back.
    package var isFrozen: Bool
    package var debitsPending: Int64
    package var debitsPosted: Int64
    package var creditsPending: Int64
    package var creditsPosted: Int64

    package init(
        id: ID<LedgerAccount>, currency: Currency, rule: Rule, isFrozen: Bool = false, debitsPending: Int64 = 0,
        debitsPosted: Int64 = 0, creditsPending: Int64 = 0, creditsPosted: Int64 = 0
    ) {
        self.id = id
        self.currency = currency
        self.rule = rule
        self.isFrozen = isFrozen
        self.debitsPending = debitsPending
        self.debitsPosted = debitsPosted
        self.creditsPending = creditsPending
        self.creditsPosted = creditsPosted
    }

    /// What the account has: settled credits less settled debits.
    package var balance: Int64 { creditsPosted - debitsPosted }

    /// What it may spend: its balance less what it holds for others.
    package var available: Int64 { balance - debitsPending }

    /// Whether the sums are ones that a sequence of transfers can lead to.
    package var isSound: Bool {
        debitsPending >= 0 && debitsPosted >= 0 && creditsPending >= 0 && creditsPosted >= 0
            && (rule == .none || available >= 0)
    }
}
