package import Core
package import Storage

/// What Social asks of whoever sells products: it knows them by their ids alone.
///
/// Nothing that is answered here may be kept: prices and stock are those of the last commit.
package protocol ProductDirectory: Sendable {
    /// Products as posts show them, in the order of `products`; nil for one that is gone, or not for everybody to see.
    ///
    /// One statement at most.
    func cards(of products: [ID<Product>]) async throws -> [TaggedProduct?]

    /// The same as the transaction sees them.
    func cards(of products: [ID<Product>], in tx: WriteTransaction) throws -> [TaggedProduct?]

    /// Tells that these products are tagged by other public posts than before, once `tx` is durable.
    func publicPostsChange(of products: [ID<Product>], in tx: WriteTransaction)
}

/// A product as a post shows it, at one moment.
package struct TaggedProduct: Sendable {
    let json: [UInt8]
    let isBuyable: Bool

    /// - Parameters:
    ///   - json: an object of the shape ``SocialShapes/taggedProduct`` that lacks its last member and its closing brace.
    ///   - isBuyable: whether somebody can buy a piece of it now.
    package init(json: [UInt8], isBuyable: Bool) {
        self.json = json
        self.isBuyable = isBuyable
    }

    func write(to json: inout JSONWriter) {
        if isBuyable {
            json.raw(self.json, ",\"is_buyable\":true}")
        } else {
            json.raw(self.json, ",\"is_buyable\":false}")
        }
    }
}
