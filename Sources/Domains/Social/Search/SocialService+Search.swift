package import Core
package import Events
import Jobs
import Search
import Storage

extension SocialService {
    /// Public posts that have all of the words, newest first.
    package func searchPosts(
        _ query: String, cursor: String?, limit: Int, viewer: ID<Account>?
    ) async throws -> Page<PostView> {
        let filter = "search-posts:\(query)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let key = caches.foundPosts.key(query, before: before, limit: limit + 1)
        let known = caches.foundPosts.page(for: key)
        let (found, rows) = try await database.read { db in
            let found = try known ?? Self.postText.search(query, before: before, limit: limit + 1, in: db)
            let rows = try db.rows(
                """
                SELECT post.id, post.author_id
                FROM post
                WHERE post.id IN (\(list: found.prefix(limit))) AND post.is_deleted = 0 AND post.visibility = 0
                    AND NOT EXISTS (
                        SELECT 1 FROM barrier
                        WHERE barrier.account_id = \(viewer ?? .nobody) AND barrier.other_id = post.author_id)
                ORDER BY post.id DESC
                """
            ) { FeedRow(post: $0.id(0), author: $0.id(1)) }
            return (found, rows)
        }
        if known == nil { caches.foundPosts.keep(found, for: key) }
        return try await feed(
            Page(items: rows, next: next(after: found, limit: limit, filter: filter)), for: viewer)
    }

    /// People whose handle or name has all of the words, newest accounts first.
    package func searchPeople(
        _ query: String, cursor: String?, limit: Int, viewer: ID<Account>?
    ) async throws -> Page<Person> {
        let filter = "search-people:\(query)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let key = caches.foundPeople.key(query, before: before, limit: limit + 1)
        let known = caches.foundPeople.page(for: key)
        let viewer = viewer ?? .nobody
        let (found, people) = try await database.read { db in
            let found = try known ?? Self.personText.search(query, before: before, limit: limit + 1, in: db)
            let people = try db.rows(
                """
                SELECT \(unsafeRaw: Person.columns),
                    \(Person.tie(to: viewer))
                FROM person
                WHERE person.account_id IN (\(list: found.prefix(limit))) AND person.is_erased = 0
                    AND NOT EXISTS (
                        SELECT 1 FROM barrier
                        WHERE barrier.account_id = \(viewer) AND barrier.other_id = person.account_id)
                ORDER BY person.account_id DESC
                """
            ) { Person($0) }
            return (found, people)
        }
        if known == nil { caches.foundPeople.keep(found, for: key) }
        return Page(items: people, next: next(after: found, limit: limit, filter: filter))
    }

    /// After the last match, also when the viewer may not see it.
    private func next(after found: [Int64], limit: Int, filter: String) -> String? {
        guard found.count > limit, let last = found.prefix(limit).last else { return nil }
        return cursors.seal([last], filter: filter)
    }

    static let textIndexerName = "social.text_index"

    /// Keeps the text indexes in step with what happens.
    package var textIndexer: EventConsumer {
        let types: Set = [
            SocialEvent.postPublished, SocialEvent.postEdited, SocialEvent.postDeleted, SocialEvent.personChanged,
        ]
        return EventConsumer(Self.textIndexerName, types: types, batchMax: 500) { events, tx in
            try indexPosts(Set(events.compactMap { ID<Post>($0.subject) }), in: tx)
            try indexPeople(Set(events.compactMap { ID<Account>($0.subject) }), in: tx)
        }
    }

    /// Brings the index to what the tables hold now, whatever the events were: again is the same.
    func indexPosts(_ posts: Set<ID<Post>>, in tx: WriteTransaction) throws {
        guard !posts.isEmpty else { return }
        let texts = try tx.rows(
            """
            SELECT id, caption
            FROM post
            WHERE id IN (\(list: posts)) AND is_deleted = 0 AND visibility = 0
            ORDER BY id
            """
        ) { (id: $0.integer(0), text: $0.text(1)) }
        let kept = Set(texts.map(\.id))
        for post in posts.sorted() where !kept.contains(post.rawValue) {
            try Self.postText.remove(post.rawValue, in: tx)
        }
        try Self.postText.putMany(texts, in: tx)
        try mergeInTime(Self.postText, in: tx)
        caches.foundPosts.changed(in: tx)
    }

    func indexPeople(_ people: Set<ID<Account>>, in tx: WriteTransaction) throws {
        guard !people.isEmpty else { return }
        let texts = try tx.rows(
            """
            SELECT account_id, handle, display_name
            FROM person
            WHERE account_id IN (\(list: people)) AND is_erased = 0
            ORDER BY account_id
            """
        ) { (id: $0.integer(0), text: Self.searchText(handle: $0.text(1), displayName: $0.text(2))) }
        let kept = Set(texts.map(\.id))
        for person in people.sorted() where !kept.contains(person.rawValue) {
            try Self.personText.remove(person.rawValue, in: tx)
        }
        try Self.personText.putMany(texts, in: tx)
        try mergeInTime(Self.personText, in: tx)
        caches.foundPeople.changed(in: tx)
    }

    private func mergeInTime(_ index: TextIndex, in tx: WriteTransaction) throws {
        guard let seconds = try index.secondsUntilMerge(in: tx) else { return }
        try jobs.enqueue(
            MergeTextIndexes(), priority: .low, at: clock.now().advanced(bySeconds: seconds),
            uniqueKey: MergeTextIndexes.kind, in: tx)
    }

    /// What is found stays the same, so nothing that was found before is forgotten.
    func mergeTextIndexes() async throws {
        for index in [Self.postText, Self.personText] {
            var isFirst = true
            while try await database.write({ [isFirst] tx in try index.mergePiece(isFirst: isFirst, in: tx) }) {
                try Task.checkCancellation()
                isFirst = false
            }
        }
    }

    /// The text under which a person is found.
    static func searchText(handle: String, displayName: String) -> String {
        "\(handle) \(displayName)"
    }
}
