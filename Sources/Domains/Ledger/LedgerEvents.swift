import Core
import Events
import LedgerCore
import Storage

/// What Ledger tells the rest of the house. Names are stable; data only grows.
package enum LedgerEvent {
    package static let walletTransferred = "wallet.transferred"
    package static let holdExpired = "hold.expired"
    package static let paymentCompleted = "payment.completed"
    package static let paymentFailed = "payment.failed"
    /// Somebody must act: the provider has said things that cannot both be true.
    package static let paymentContradicted = "payment.contradicted"
    package static let accountFrozen = "ledger_account.frozen"
    package static let accountUnfrozen = "ledger_account.unfrozen"
}

extension LedgerService {
    func tell<Entity>(_ type: String, about subject: ID<Entity>, _ data: JSON, in tx: WriteTransaction) throws {
        try events.append(type, subject: subject.description, data: data, in: tx)
    }

    func tell(_ type: String, about payment: Payment, in tx: WriteTransaction) throws {
        try tell(
            type, about: payment.id,
            [
                "owner": .string(payment.owner.description), "kind": .string(payment.kind.name),
                "amount": .money(payment.movedAmount),
            ], in: tx)
    }
}

extension JSON {
    static func money(_ money: Money) -> JSON {
        ["amount": .integer(money.amount), "currency": .string(money.currency.rawValue)]
    }
}
