package import Core
import LedgerCore

/// Whose account it is.
package enum LedgerOwner: Hashable, Sendable {
    /// Plaza itself.
    case platform
    case person(ID<Account>)
    case shop(ID<Shop>)

    /// Stored by raw value.
    enum Kind: Int64 {
        case platform = 0
        case person = 1
        case shop = 2
    }

    var kind: Kind {
        switch self {
        case .platform: .platform
        case .person: .person
        case .shop: .shop
        }
    }

    /// 0 for the platform.
    var rawID: Int64 {
        switch self {
        case .platform: 0
        case .person(let id): id.rawValue
        case .shop(let id): id.rawValue
        }
    }

    init?(kind: Int64, rawID: Int64) {
        switch Kind(rawValue: kind) {
        case .platform: self = .platform
        case .person: self = .person(ID(rawValue: rawID))
        case .shop: self = .shop(ID(rawValue: rawID))
        case nil: return nil
        }
    }
}

extension LedgerOwner: CustomStringConvertible {
    /// The outside form of the owner's id, or `platform`.
    package var description: String {
        switch self {
        case .platform: "platform"
        case .person(let id): id.description
        case .shop(let id): id.description
        }
    }
}

/// What an account is for. An owner has one of each purpose and currency. Stored by raw value.
package enum LedgerPurpose: Int64, Sendable, CaseIterable {
    /// What the owner can spend or have paid out.
    case wallet = 0
    /// What has been paid for and not yet been delivered.
    case escrow = 1
    /// What the platform has earned.
    case fees = 2
    /// What payment providers have taken from people for us, and given to them. In debit: what people's wallets are
    /// covered by lies with the providers.
    case providerClearing = 3
    /// The other side of what administrators put right.
    case adjustments = 4

    package var name: String {
        switch self {
        case .wallet: "wallet"
        case .escrow: "escrow"
        case .fees: "fees"
        case .providerClearing: "provider_clearing"
        case .adjustments: "adjustments"
        }
    }
}

/// Names an account by what it is, where its id is not known.
package struct LedgerAccountKey: Hashable, Sendable {
    package let owner: LedgerOwner
    package let purpose: LedgerPurpose
    package let currency: Currency

    package init(_ owner: LedgerOwner, _ purpose: LedgerPurpose, _ currency: Currency) {
        self.owner = owner
        self.purpose = purpose
        self.currency = currency
    }

    /// What people, shops and escrow have is never below zero. The platform's other accounts face the world, which may
    /// owe us and be owed.
    var rule: LedgerAccount.Rule {
        switch (owner, purpose) {
        case (.person, _), (.shop, _), (.platform, .escrow): .debitsMustNotExceedCredits
        case (.platform, _): .none
        }
    }
}
