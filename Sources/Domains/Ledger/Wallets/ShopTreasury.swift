package import Core
package import Storage

/// Who may see a shop's money and have it paid out. Ledger knows shops only as owners of accounts.
package protocol ShopTreasury: Sendable {
    /// The currency of a shop's money, for somebody who may do that with it.
    /// - Throws: what the shop's other routes refuse with.
    func currency(
        of shop: ID<Shop>, for account: ID<Account>, to right: ShopTreasuryRight, in db: some Queryable
    ) throws -> Currency
}

package enum ShopTreasuryRight: Sendable {
    case see, payOut
}
