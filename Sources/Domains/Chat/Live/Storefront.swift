package import Core
package import Storage

/// What Chat asks of whoever sells: for whom one may go live, and what can be shown there.
package protocol Storefront: Sendable {
    /// Whether the account is of the shop's staff. A statement or two.
    func isStaff(_ account: ID<Account>, of shop: ID<Shop>, in db: some Queryable) throws -> Bool

    /// Whether everybody may see the product. One statement at most.
    func isListed(_ product: ID<Product>, in tx: WriteTransaction) throws -> Bool
}
