package import Core

/// A wish to move money. Its id is made by whoever wishes, so that wishing twice moves once.
package struct Transfer: EntityKind, Hashable, Sendable {
    package static let idPrefix = "trf"

    /// From where to where, and how much.
    package struct Movement: Hashable, Sendable {
        /// The account it goes out of.
        package let debit: ID<LedgerAccount>
        /// The account it goes into.
        package let credit: ID<LedgerAccount>
        /// In the minor unit of both accounts' currency. Positive.
        package let amount: Int64

        package init(debit: ID<LedgerAccount>, credit: ID<LedgerAccount>, amount: Int64) {
            self.debit = debit
            self.credit = credit
            self.amount = amount
        }
    }

    package enum Action: Hashable, Sendable {
        /// Moves it now.
        case post(Movement)
        /// Sets it aside on both sides. It cannot be settled from `until` on.
        case hold(Movement, until: Timestamp)
        /// Moves what a hold has set aside, or a part of it; the rest is given back. Nil: the whole.
        case settle(ID<Transfer>, amount: Int64?)
        /// Gives back what a hold has set aside.
        case void(ID<Transfer>)
        /// The same, because its time is over.
        case expire(ID<Transfer>)
    }

    package let id: ID<Transfer>
    package let action: Action
    /// Applied only if the next one is, and the other way round.
    package let isLinkedToNext: Bool
    /// What kind of business it is of, for whoever reads the books; the core does not look at it.
    package let purpose: Int64
    /// What it is about: an order, a top-up; the core does not look at it.
    package let subject: Int64

    package init(
        id: ID<Transfer>, _ action: Action, isLinkedToNext: Bool = false, purpose: Int64 = 0, subject: Int64 = 0
    ) {
        self.id = id
        self.action = action
        self.isLinkedToNext = isLinkedToNext
        self.purpose = purpose
        self.subject = subject
    }
}

/// A transfer that was applied. Never changes, but for the state of a hold.
package struct RecordedTransfer: Hashable, Sendable {
    package enum Kind: Int64, Sendable, CaseIterable {
        case post = 0
        case hold = 1
        case settle = 2
        case void = 3
        case expire = 4
    }

    /// How it stands with a hold.
    package enum HoldState: Int64, Sendable, CaseIterable {
        case pending = 0
        case settled = 1
        case voided = 2
        case expired = 3
    }

    package let id: ID<Transfer>
    package let kind: Kind
    /// Of a settlement, void or expiry: the accounts of its hold.
    package let movement: Transfer.Movement
    /// The hold that it ended.
    package let hold: ID<Transfer>?
    /// Of a hold.
    package let expiresAt: Timestamp?
    package var holdState: HoldState?
    package let purpose: Int64
    package let subject: Int64
    package let createdAt: Timestamp
    /// The balances of both accounts once it was applied.
    package let debitBalance: Int64
    package let creditBalance: Int64

    package init(
        id: ID<Transfer>, kind: Kind, movement: Transfer.Movement, hold: ID<Transfer>? = nil,
        expiresAt: Timestamp? = nil, holdState: HoldState? = nil, purpose: Int64, subject: Int64, createdAt: Timestamp,
        debitBalance: Int64, creditBalance: Int64
    ) {
        self.id = id
        self.kind = kind
        self.movement = movement
        self.hold = hold
        self.expiresAt = expiresAt
        self.holdState = holdState
        self.purpose = purpose
        self.subject = subject
        self.createdAt = createdAt
        self.debitBalance = debitBalance
        self.creditBalance = creditBalance
    }

    /// Whether `wish` is the one that led to this.
    package func fulfils(_ wish: Transfer) -> Bool {
        guard id == wish.id, purpose == wish.purpose, subject == wish.subject else { return false }
        switch wish.action {
        case .post(let movement): return kind == .post && self.movement == movement
        case .hold(let movement, let until): return kind == .hold && self.movement == movement && expiresAt == until
        case .settle(let hold, let amount):
            return kind == .settle && self.hold == hold && (amount == nil || movement.amount == amount)
        case .void(let hold): return kind == .void && self.hold == hold
        case .expire(let hold): return kind == .expire && self.hold == hold
        }
    }
}
