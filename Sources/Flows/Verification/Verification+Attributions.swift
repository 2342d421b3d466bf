import Core
import Market
import Social
import Storage

extension Verification {
    private static let attributionPageSize = 500

    /// What is attributed to somebody came from a post of theirs. Of a post that has been purged nobody knows the author
    /// any more: they must be there, if only as the row that an erased account leaves.
    static var attributionCheck: ConsistencyCheck {
        ConsistencyCheck("attribution.author") { db, found in
            var after = ID<Order>(rawValue: 0)
            while true {
                let orders = try MarketService.attributedOrders(after: after, limit: attributionPageSize, in: db)
                let authors = try SocialService.authors(of: orders.map(\.post), in: db)
                let people = try SocialService.existing(orders.map(\.author), in: db)
                for order in orders {
                    let author = authors[order.post]
                    guard author ?? order.author != order.author || !people.contains(order.author) else { continue }
                    found(
                        .init(
                            subject: "\(order.order)", expected: author?.description ?? "somebody who has an account",
                            found: "\(order.author)"))
                }
                guard orders.count == attributionPageSize, let last = orders.last else { return .done }
                after = last.order
            }
        }
    }
}
