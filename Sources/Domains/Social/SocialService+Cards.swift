import Cache
import Core
import Storage

extension SocialService {
    /// The cards of these posts, from memory or in one statement. Deleted ones are missing.
    func cards(of posts: [ID<Post>]) async throws -> [ID<Post>: PostCard] {
        var found: [ID<Post>: PostCard] = [:]
        found.reserveCapacity(posts.count)
        var missing: [ID<Post>] = []
        for post in posts {
            if let card = cards.value(for: post) { found[post] = card } else { missing.append(post) }
        }
        guard !missing.isEmpty else { return found }
        // Taken before the read: a card that a commit overtakes in between is not kept.
        let ticket = cards.ticket()
        let wanted = missing
        for card in try await database.read({ db in try cards(wanted, in: db) }) {
            cards.offer(card, for: card.id, cost: card.cost, with: ticket)
            found[card.id] = card
        }
        return found
    }

    /// Cards as the transaction sees them, without those of authors who have left. Never from memory and never kept: it
    /// may not commit.
    func cards(_ posts: [ID<Post>], in db: some Queryable) throws -> [PostCard] {
        try db.rows(
            """
            SELECT \(unsafeRaw: PostCard.columns)
            FROM post
            JOIN person ON person.account_id = post.author_id
            WHERE post.id IN (\(list: posts)) AND post.is_deleted = 0 AND person.is_erased = 0
            """
        ) { PostCard($0) }
    }

    /// Forgets the encoded post once the change is durable.
    func dropCard(_ post: ID<Post>, after tx: WriteTransaction) {
        let cards = cards
        tx.afterCommit { cards.drop(post) }
    }

    /// The same for all posts of an author whose row in `person` the transaction has changed: none can be published
    /// until it commits. What runs after a commit holds up the writer, so the whole cache is searched only for those
    /// who have posted more than fits in a list.
    func dropCards(by author: ID<Account>, after tx: WriteTransaction) throws {
        let (cards, listMax) = (cards, limits.droppedCardsMax)
        let posts = try tx.rows(
            """
            SELECT id
            FROM post
            WHERE author_id = \(author) AND is_deleted = 0
            ORDER BY id DESC
            LIMIT \(listMax + 1)
            """
        ) { $0.id(0, Post.self) }
        tx.afterCommit {
            if posts.count > listMax {
                cards.dropAll { $0.author == author }
            } else {
                for post in posts { cards.drop(post) }
            }
        }
    }
}
