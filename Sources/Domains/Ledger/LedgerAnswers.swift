import Core
import HTTP
import HTTPTypes
import LedgerCore

extension Reply {
    static func wallet(_ balances: [WalletBalance]) -> Reply {
        .object { json in
            json.name("balances")
            json.array(balances) { json, balance in
                json.object { json in
                    json.member("available", balance.available)
                    json.member("held", balance.held)
                    json.member("balance", balance.balance)
                    json.member("is_frozen", balance.account.isFrozen)
                }
            }
        }
    }

    static func entries(_ page: Page<StatementEntry>) -> Reply {
        .page(page.items, next: page.next) { json, entry in entry.write(to: &json) }
    }

    static func transfer(_ transfer: WalletTransfer) -> Reply {
        .object(status: .created) { json in
            json.member("id", transfer.id)
            json.member("payee", transfer.payee)
            json.member("amount", transfer.amount)
            json.member("note", transfer.note)
            json.member("available", transfer.available)
            json.member("created_at", transfer.createdAt)
        }
    }

    static func payment(_ payment: Payment, status: HTTPResponse.Status = .ok) -> Reply {
        .object(status: status) { payment.writeMembers(to: &$0) }
    }

    static func payments(_ page: Page<Payment>) -> Reply {
        .page(page.items, next: page.next) { json, payment in
            json.object { payment.writeMembers(to: &$0) }
        }
    }

    static func account(_ account: AdministeredAccount) -> Reply {
        .object { account.writeMembers(to: &$0) }
    }

    static func accounts(_ accounts: [AdministeredAccount]) -> Reply {
        .object { json in
            json.name("items")
            json.array(accounts) { json, account in
                json.object { account.writeMembers(to: &$0) }
            }
        }
    }
}

extension StatementEntry {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("kind", kind.name)
            json.member("direction", isDebit ? "out" : "in")
            json.member("amount", amount)
            json.member("balance", balance)
            json.member("purpose", TransferPurpose(rawValue: purpose)?.name ?? "other")
            json.member("subject", subjectText)
            json.name("counterpart")
            json.object { json in
                json.member("kind", counterpart.kind.name)
                json.member("id", counterpart == .platform ? nil : counterpart.description)
            }
            json.member("note", note)
            json.member("created_at", createdAt)
        }
    }

    private var subjectText: String? {
        switch TransferPurpose(rawValue: purpose) {
        case .topUp, .topUpRefund, .payout, .paymentReturned, .capture: ID<Payment>(rawValue: subject).description
        case .orderPayment, .orderRelease, .orderFee, .orderRefund, .orderFeeReturn:
            ID<Order>(rawValue: subject).description
        // Who has put it right is for administrators to know.
        case .personal, .adjustment, .expiry, nil: nil
        }
    }
}

extension RecordedTransfer.Kind {
    fileprivate var name: String {
        switch self {
        case .post: "post"
        case .hold: "hold"
        case .settle: "settle"
        case .void: "void"
        case .expire: "expire"
        }
    }
}

extension Payment {
    func writeMembers(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("kind", kind.name)
        json.member("state", progress)
        json.member("amount", amount)
        json.member("refunded", Money(refundedAmount, amount.currency))
        json.member("refund_of", refunded?.description)
        json.member("order", order?.description)
        json.member("captured", kind == .authorisation && state == .done ? .money(movedAmount) : .null)
        json.member("expires_at", expiresAt)
        json.member("failure", failure)
        json.member("created_at", createdAt)
    }
}

extension AdministeredAccount {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.member("id", account.id)
        json.member("owner", key.owner.description)
        json.member("purpose", key.purpose.name)
        json.member("balance", Money(account.balance, account.currency))
        json.member("held", Money(account.debitsPending, account.currency))
        json.member("is_frozen", account.isFrozen)
    }
}
