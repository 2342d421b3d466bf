/// What one has, by currency.
public struct Wallet: Codable, Sendable {
    public let balances: [Balance]

    public struct Balance: Codable, Sendable {
        /// What can be spent.
        public let available: Money
        /// What is set aside for purchases under way.
        public let held: Money
        /// Both together.
        public let balance: Money
        public let isFrozen: Bool

        private enum CodingKeys: String, CodingKey {
            case available, held, balance
            case isFrozen = "is_frozen"
        }
    }
}

/// Something that went in or out of a wallet.
public struct WalletEntry: Codable, Sendable, Identifiable {
    public let id: EntityID<WalletTransfer>
    /// `post` and `settle` move money; `hold` sets it aside, `void` and `expire` give it back.
    public let kind: String
    public let direction: Direction
    public let amount: Money
    /// What the wallet had once this was done.
    public let balance: Money
    public let purpose: String
    /// The payment or order that it is of.
    public let subject: String?
    public let counterpart: Counterpart
    public let note: String
    public let createdAt: Timestamp

    public struct Direction: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let incoming: Direction = "in"
        public static let outgoing: Direction = "out"
    }

    public struct Counterpart: Codable, Sendable, Hashable {
        public let kind: String
        public let id: String?
    }

    private enum CodingKeys: String, CodingKey {
        case id, kind, direction, amount, balance, purpose, subject, counterpart, note
        case createdAt = "created_at"
    }
}

/// Money that one has sent.
public struct WalletTransfer: Codable, Sendable, Identifiable {
    public let id: EntityID<WalletTransfer>
    public let payee: EntityID<Account>
    public let amount: Money
    public let note: String
    /// What is left to spend.
    public let available: Money
    public let createdAt: Timestamp

    private enum CodingKeys: String, CodingKey {
        case id, payee, amount, note, available
        case createdAt = "created_at"
    }
}

/// Money to be sent.
public struct WalletTransferDraft: Codable, Sendable {
    public var payee: EntityID<Account>
    public var amount: Money
    /// What both sides see in their entries.
    public var note: String?

    public init(to payee: EntityID<Account>, _ amount: Money, note: String? = nil) {
        self.payee = payee
        self.amount = amount
        self.note = note
    }
}

/// Money to be fetched from a payment provider.
public struct TopUp: Codable, Sendable {
    public var amount: Money
    /// What the provider knows your card by.
    public var token: String

    public init(_ amount: Money, token: String) {
        self.amount = amount
        self.token = token
    }
}

/// A top-up, authorisation, payout or refund.
public struct Payment: Codable, Sendable, Identifiable {
    public let id: EntityID<Payment>
    public let kind: String
    public let state: State
    public let amount: Money
    public let refunded: Money
    public let failure: String?
    public let createdAt: Timestamp

    public struct State: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let pending: State = "pending"
        public static let authorised: State = "authorised"
        public static let completed: State = "completed"
        public static let failed: State = "failed"
    }

    private enum CodingKeys: String, CodingKey {
        case id, kind, state, amount, refunded, failure
        case createdAt = "created_at"
    }
}
