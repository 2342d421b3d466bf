package import Events
import Core
import Ledger
import LedgerCore
import Market
import Storage

extension Checkout {
    /// Pays what has waited for a top-up. When the money was spent on something else meanwhile, the order waits on, until
    /// its buyer pays it or its time is over.
    package var orderPayer: EventConsumer {
        EventConsumer("checkout.pay_awaiting_orders", types: [LedgerEvent.paymentCompleted]) { events, tx in
            for event in events {
                guard let payment = ID<Payment>(event.subject) else { continue }
                for (order, buyer) in try market.orders(awaiting: payment.rawValue, in: tx) {
                    try payIfPossible(order, of: buyer, in: tx)
                }
            }
        }
    }

    /// What is refused has changed nothing yet: stock does not move, and transfers move together or not at all.
    private func payIfPossible(_ order: ID<Order>, of buyer: ID<Account>, in tx: WriteTransaction) throws {
        do {
            _ = try act(.pay, on: order, shop: nil, by: .person(buyer), in: tx)
        } catch is OrderError {
            // Paid, cancelled or timed out meanwhile.
        } catch LedgerError.refused {
            // The wallet has less than that, or is frozen.
        }
    }
}
