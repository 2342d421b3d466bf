package import Core
package import Storage

/// Who tags products. Market knows no posts, only how many there are of a product; ``MarketService/postsChange(of:in:)``
/// tells it that they have changed.
package protocol PostDirectory: Sendable {
    /// Public posts that tag a product; as many as are worth counting. One statement.
    func count(tagging product: ID<Product>, in db: some Queryable) throws -> Int64
}
