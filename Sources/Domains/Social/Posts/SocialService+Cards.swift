import Cache
import Core
import Storage

extension SocialService {
    /// The cards of these posts in their order, from memory or in one statement; nil for a post that is gone.
    func cards(of posts: [ID<Post>]) async throws -> [PostCard?] {
        let found = caches.cards.values(for: posts)
        guard found.contains(where: { $0 == nil }) else { return found }
        let wanted = zip(posts, found).compactMap { post, card in card == nil ? post : nil }
        // Taken before the read: a card that a commit overtakes in between is not kept.
        let ticket = caches.cards.ticket()
        var read: [ID<Post>: PostCard] = [:]
        for card in try await database.read({ db in try cards(wanted, in: db) }) {
            caches.cards.offer(card, for: card.id, cost: card.cost, with: ticket)
            read[card.id] = card
        }
        return zip(posts, found).map { post, card in card ?? read[post] }
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
        ) { try PostCard($0) }
    }
}
