import Core
import Ledger
import LedgerCore
import Market
import Storage

/// The accounts that an order's money moves between.
struct OrderAccounts {
    private let accounts: [LedgerAccountKey: ID<LedgerAccount>]
    private let buyer: LedgerAccountKey
    private let currency: Currency

    /// Those of a purchase: the buyer's wallet and each seller's escrow.
    init(
        of buyer: ID<Account>, shops: [ID<Shop>], _ currency: Currency, ledger: LedgerService, in tx: WriteTransaction
    ) throws {
        self.buyer = LedgerAccountKey(.person(buyer), .wallet, currency)
        self.currency = currency
        accounts = try ledger.accounts(
            Set([self.buyer] + shops.map { LedgerAccountKey(.shop($0), .escrow, currency) }), in: tx)
    }

    /// Also the sellers' wallets and the platform's fees, for what comes after.
    init(
        settling buyer: ID<Account>, shops: [ID<Shop>], _ currency: Currency, ledger: LedgerService,
        in tx: WriteTransaction
    ) throws {
        self.buyer = LedgerAccountKey(.person(buyer), .wallet, currency)
        self.currency = currency
        let ofShops = shops.flatMap { shop in
            [LedgerAccountKey(.shop(shop), .escrow, currency), LedgerAccountKey(.shop(shop), .wallet, currency)]
        }
        accounts = try ledger.accounts(
            Set([self.buyer, LedgerAccountKey(.platform, .fees, currency)] + ofShops), in: tx)
    }

    func pay(_ amount: Money, to shop: ID<Shop>) -> Transfer.Action {
        .post(movement(buyer, escrow(shop), amount))
    }

    func hold(_ amount: Money, for shop: ID<Shop>, until deadline: Timestamp) -> Transfer.Action {
        .hold(movement(buyer, escrow(shop), amount), until: deadline)
    }

    func release(_ amount: Money, to shop: ID<Shop>) -> Transfer.Action {
        .post(movement(escrow(shop), wallet(shop), amount))
    }

    func fee(_ amount: Money, of shop: ID<Shop>) -> Transfer.Action {
        .post(movement(escrow(shop), fees, amount))
    }

    func returnFee(_ amount: Money, to shop: ID<Shop>) -> Transfer.Action {
        .post(movement(fees, wallet(shop), amount))
    }

    func refund(_ amount: Money, of shop: ID<Shop>, from source: OrderStateMachine.Source) -> Transfer.Action {
        .post(movement(source == .escrow ? escrow(shop) : wallet(shop), buyer, amount))
    }

    private var fees: LedgerAccountKey { LedgerAccountKey(.platform, .fees, currency) }
    private func escrow(_ shop: ID<Shop>) -> LedgerAccountKey { LedgerAccountKey(.shop(shop), .escrow, currency) }
    private func wallet(_ shop: ID<Shop>) -> LedgerAccountKey { LedgerAccountKey(.shop(shop), .wallet, currency) }

    private func movement(
        _ debit: LedgerAccountKey, _ credit: LedgerAccountKey, _ amount: Money
    ) -> Transfer.Movement {
        guard let debit = accounts[debit], let credit = accounts[credit] else {
            preconditionFailure("the accounts of an order were opened before its money moves")
        }
        return Transfer.Movement(debit: debit, credit: credit, amount: amount.amount)
    }
}
