import Core
import LedgerCore
import Storage
import Synchronization

@testable import Ledger

/// Orders that are kept on paper: what each wants, and what has become of it.
final class PaperOrders: ClaimingOrders {
    struct Entry {
        var wanted: Int64
        var paid: Int64 = 0
        var isGivenUp = false
    }

    private let entries = Mutex<[ID<Order>: Entry]>([:])

    func place(_ order: ID<Order>, wanting amount: Int64) {
        entries.withLock { $0[order] = Entry(wanted: amount) }
    }

    func cancel(_ order: ID<Order>) {
        entries.withLock { $0[order]?.wanted = 0 }
    }

    subscript(order: ID<Order>) -> Entry? { entries.withLock { $0[order] } }

    func wanted(by order: ID<Order>, _ ledger: LedgerService, in tx: WriteTransaction) -> Int64 {
        self[order]?.wanted ?? 0
    }

    func pay(
        _ order: ID<Order>, with captured: Money, _ ledger: LedgerService, in tx: WriteTransaction
    ) throws -> Int64 {
        let wanted = wanted(by: order, ledger, in: tx)
        guard wanted > 0, wanted <= captured.amount else {
            giveUp(order, ledger, in: tx)
            return 0
        }
        entries.withLock { $0[order] = Entry(wanted: 0, paid: wanted) }
        let payment = try tx.first("SELECT wallet_id FROM payment WHERE order_id = \(order)") {
            $0.id(0, LedgerAccount.self)
        }
        guard let payment else { throw LedgerError.paymentNotFound }
        let till = try ledger.account(
            of: .shop(ID(rawValue: 1)), purpose: .escrow, currency: captured.currency, in: tx)
        let movement = Transfer.Movement(debit: payment, credit: till, amount: wanted)
        try ledger.postTogether(
            [Transfer(id: ledger.ids.next(), .post(movement), for: .orderPayment, of: order.rawValue)], in: tx)
        return wanted
    }

    func giveUp(_ order: ID<Order>, _ ledger: LedgerService, in tx: WriteTransaction) {
        entries.withLock { entries in
            guard entries[order]?.paid == 0 else { return }
            entries[order]?.wanted = 0
            entries[order]?.isGivenUp = true
        }
    }
}
