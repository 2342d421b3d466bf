import Cache
import Core
import Storage

/// What must be forgotten once a transaction is durable. A file that writes calls these beside the statement; none of
/// them does anything when the transaction fails.
extension SocialService {
    /// The post's encoded form, and its rank: call it for whatever changes a post's row.
    func dropCard(_ post: ID<Post>, after tx: WriteTransaction) {
        let caches = caches
        tx.afterCommit {
            caches.cards.drop(post)
            caches.ranking.advance()
        }
    }

    /// Explore, when posts are new in it.
    func dropRanks(after tx: WriteTransaction) {
        let ranking = caches.ranking
        tx.afterCommit { ranking.advance() }
    }

    /// The first comments of posts, when one has come, gone or changed.
    func dropComments(on posts: [ID<Post>], after tx: WriteTransaction) {
        let comments = caches.comments
        tx.afterCommit { comments.drop(posts) }
    }

    /// Whom these people follow, are barred from and like.
    func dropRelations(of people: [ID<Account>], after tx: WriteTransaction) {
        let relations = caches.relations
        tx.afterCommit { relations.drop(people) }
    }

    /// The home feeds of people whose timelines or pulled edges have changed.
    func dropHomes(of people: [ID<Account>], after tx: WriteTransaction) {
        let homes = caches.homes
        tx.afterCommit { homes.drop(people) }
    }

    /// All home feeds: posts of pulled authors are in them without a row in each.
    func dropAllHomes(after tx: WriteTransaction) {
        let pulled = caches.pulled
        tx.afterCommit { pulled.advance() }
    }

    /// The posts that tag these products, when others do than before, or others may see them.
    func dropTagging(of products: [ID<Product>], after tx: WriteTransaction) {
        let tagging = caches.tagging
        tx.afterCommit { tagging.drop(products) }
        self.products.publicPostsChange(of: products, in: tx)
    }

    /// All posts and comments of somebody whose row in `person` the transaction has changed: there is one
    /// writer, so nothing of theirs comes between. What runs after a commit holds up the writer, so a whole cache is searched only for
    /// those who have written more than fits in a list.
    /// - Parameter wasHidden: they are on no page that is kept, and belong on some.
    /// - Returns: the newest of the posts.
    @discardableResult
    func dropTexts(
        by author: ID<Account>, wasHidden: Bool = false, after tx: WriteTransaction
    ) throws -> [ID<Post>] {
        let (caches, listMax) = (caches, limits.droppedCardsMax)
        var (posts, discussed): ([ID<Post>], [ID<Post>]) = ([], [])
        try tx.forEach(
            """
            SELECT 0, id
            FROM (
                SELECT id
                FROM post
                WHERE author_id = \(author) AND is_deleted = 0
                ORDER BY id DESC
                LIMIT \(listMax + 1)
            ) AS own
            UNION ALL
            SELECT 1, post_id
            FROM (
                SELECT post_id
                FROM comment
                WHERE author_id = \(author)
                ORDER BY post_id DESC
                LIMIT \(listMax + 1)
            ) AS others
            """
        ) { row in
            if row.int(0) == 0 { posts.append(row.id(1)) } else { discussed.append(row.id(1)) }
        }
        tx.afterCommit { [posts, discussed] in
            if posts.count > listMax {
                caches.cards.dropAll { $0.author == author }
            } else {
                caches.cards.drop(posts)
            }
            if discussed.count > listMax {
                caches.comments.dropAll { wasHidden || $0.authors.contains(author) }
            } else {
                caches.comments.drop(discussed)
            }
        }
        return posts
    }
}
