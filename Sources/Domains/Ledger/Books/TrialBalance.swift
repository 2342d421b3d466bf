package import Core
import HTTP

/// Sums of accounts, by side.
package struct LedgerSums: Sendable, Equatable {
    package var debitsPosted: Int64
    package var creditsPosted: Int64
    package var debitsPending: Int64
    package var creditsPending: Int64

    /// Double entry: whatever went out of one account went into another.
    package var isBalanced: Bool { debitsPosted == creditsPosted && debitsPending == creditsPending }
}

/// All accounts of the books together.
package struct TrialBalance: Sendable {
    /// All accounts of a purpose, kind of owner and currency.
    package struct Line: Sendable, Equatable {
        package let currency: Currency
        /// `platform`, `person` or `shop`.
        package let ownerKind: String
        package let purpose: LedgerPurpose
        package let accountCount: Int64
        package let sums: LedgerSums
    }

    package let lines: [Line]
    /// By currency, in the order of their codes.
    package let totals: [(currency: Currency, sums: LedgerSums)]

    package var isBalanced: Bool { totals.allSatisfy(\.sums.isBalanced) }
}

extension TrialBalance {
    var reply: Reply {
        .object { json in
            json.member("is_balanced", isBalanced)
            json.name("currencies")
            json.array(totals) { json, total in
                json.object { json in
                    json.member("currency", total.currency.rawValue)
                    json.member("is_balanced", total.sums.isBalanced)
                    total.sums.writeMembers(to: &json)
                }
            }
            json.name("lines")
            json.array(lines) { json, line in
                json.object { json in
                    json.member("currency", line.currency.rawValue)
                    json.member("owner", line.ownerKind)
                    json.member("purpose", line.purpose.name)
                    json.member("accounts", line.accountCount)
                    line.sums.writeMembers(to: &json)
                }
            }
        }
    }
}

extension LedgerSums {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.member("debits_posted", debitsPosted)
        json.member("credits_posted", creditsPosted)
        json.member("debits_pending", debitsPending)
        json.member("credits_pending", creditsPending)
    }
}
