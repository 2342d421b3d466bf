import Core
import LedgerCore

/// A few accounts to move money between.
enum Town {
    enum Person: Int64, Sendable, CaseIterable {
        case bank = 1
        case ana, ben, eve, yui, nobody

        var id: ID<LedgerAccount> { ID(rawValue: rawValue) }
    }

    static let bank = account(.bank, rule: .none)
    static let ana = account(.ana)
    static let ben = account(.ben)
    static let books = Books(
        accounts: [bank, ana, ben, account(.eve, isFrozen: true), account(.yui, currency: "JPY", rule: .none)])

    static func account(
        _ person: Person, currency: String = "EUR", rule: LedgerAccount.Rule = .debitsMustNotExceedCredits,
        isFrozen: Bool = false
    ) -> LedgerAccount {
        guard let currency = Currency(currency) else { preconditionFailure("\(currency) is a currency") }
        return LedgerAccount(id: person.id, currency: currency, rule: rule, isFrozen: isFrozen)
    }
}

func post(
    _ id: Int64, _ debit: Town.Person, _ credit: Town.Person, _ amount: Int64, subject: Int64 = 0,
    isLinkedToNext: Bool = false
) -> Transfer {
    Transfer(
        id: ID(rawValue: id), .post(.init(debit: debit.id, credit: credit.id, amount: amount)),
        isLinkedToNext: isLinkedToNext, subject: subject)
}

func hold(_ id: Int64, _ debit: Town.Person, _ credit: Town.Person, _ amount: Int64, until seconds: Int64) -> Transfer {
    Transfer(
        id: ID(rawValue: id),
        .hold(
            .init(debit: debit.id, credit: credit.id, amount: amount),
            until: Timestamp(microseconds: seconds * 1_000_000)))
}

func settle(_ id: Int64, _ hold: Int64, _ amount: Int64? = nil, isLinkedToNext: Bool = false) -> Transfer {
    Transfer(id: ID(rawValue: id), .settle(ID(rawValue: hold), amount: amount), isLinkedToNext: isLinkedToNext)
}

func void(_ id: Int64, _ hold: Int64) -> Transfer {
    Transfer(id: ID(rawValue: id), .void(ID(rawValue: hold)))
}

func expire(_ id: Int64, _ hold: Int64) -> Transfer {
    Transfer(id: ID(rawValue: id), .expire(ID(rawValue: hold)))
}
