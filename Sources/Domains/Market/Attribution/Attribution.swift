package import Core

/// Whose post led somebody to buy something.
package struct Attribution: Sendable {
    package let post: ID<Post>
    package let author: ID<Account>
    /// What the post tags of what was bought.
    package let products: Set<ID<Product>>

    package init(post: ID<Post>, author: ID<Account>, products: Set<ID<Product>>) {
        self.post = post
        self.author = author
        self.products = products
    }

    /// Nil for a line of something that the post does not tag.
    func author(of line: OrderLine) -> ID<Account>? {
        products.contains(line.product) ? author : nil
    }
}

/// What pieces that came from an author's posts come to. An order has one currency, and one post at most.
struct AttributedSum {
    let author: ID<Account>
    private(set) var quantity: Int64 = 0
    /// In minor units.
    private(set) var amount: Int64 = 0

    init(author: ID<Account>) {
        self.author = author
    }

    func adding(_ quantity: Int64, at price: Int64) -> AttributedSum {
        var sum = self
        sum.quantity += quantity
        sum.amount += quantity * price
        return sum
    }
}

extension NewOrder {
    var attributedSum: AttributedSum? {
        attribution.map { attribution in
            lines.filter { attribution.author(of: $0) != nil }
                .reduce(AttributedSum(author: attribution.author)) { $0.adding($1.quantity, at: $1.price.amount) }
        }
    }
}
