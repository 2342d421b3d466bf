package import Core
import Realtime
package import Storage

/// Whether somebody is there for others. Stored by raw value in `person.is_erased`, so that whatever leaves out those who have
/// left leaves out the suspended, too.
package enum PersonStanding: Int64, Sendable {
    case there = 0
    case erased = 1
    /// Until it ends: nothing of theirs is deleted, and all of it comes back.
    case suspended = 2
}

extension SocialService {
    /// Takes somebody out of everybody's sight with all that they posted and said, or lets them back: when this commits.
    package func setSuspended(_ isSuspended: Bool, _ account: ID<Account>, in tx: WriteTransaction) throws {
        let (old, new): (PersonStanding, PersonStanding) = isSuspended ? (.there, .suspended) : (.suspended, .there)
        let changed = try tx.execute(
            "UPDATE person SET is_erased = \(new.rawValue) WHERE account_id = \(account) AND is_erased = \(old.rawValue)"
        )
        guard changed > 0 else { return }
        try tell(SocialEvent.personChanged, about: account, [:], in: tx)
        let posts = try dropTexts(by: account, wasHidden: !isSuspended, after: tx)
        dropRanks(after: tx)
        try dropTagging(by: account, after: tx)
        if isSuspended { for post in posts { endChannel(of: post, after: tx) } }
    }

    /// The lists of posts that tag what somebody's posts tag.
    func dropTagging(by author: ID<Account>, after tx: WriteTransaction) throws {
        let tagged = try tx.rows(
            """
            SELECT DISTINCT post_product.product_id
            FROM post
            JOIN post_product ON post_product.post_id = post.id
            WHERE post.author_id = \(author) AND post.is_deleted = 0
            """
        ) { $0.id(0, Product.self) }
        if !tagged.isEmpty { dropTagging(of: tagged, after: tx) }
    }

    /// A condition of a statement: whether the account in `column` is there for anybody.
    static func isThere(_ column: StaticString) -> SQL {
        let column = "\(column)"
        return """
            NOT EXISTS (
                SELECT 1
                FROM person AS gone
                WHERE gone.account_id = \(unsafeRaw: column) AND gone.is_erased <> 0)
            """
    }
}
