import Core
import Social
import Storage

/// Some rows of a file of interactions.
struct InteractionBatch: Sendable {
    struct Row: Sendable {
        let user: Int32
        let item: Int32
        let weight: Int64
        let line: Int
    }

    /// What earlier batches found or made.
    struct Known {
        var people = ImportKeyCache<ID<Account>>()
        var items = ImportKeyCache<ImportedItem>()
    }

    static let weights: ClosedRange<Int64> = 1...1_000_000_000
    /// Longer than any catalogue's; the key is in the caption.
    private static let itemBytesMax = 200

    private(set) var people = ImportKeys<ID<Account>>()
    private(set) var items = ImportKeys<ImportedItem>()
    private(set) var rows: [Row] = []
    /// For each item the row that names it first.
    private(set) var firstRows: [Int] = []
    /// The part of the past that the batch's items are published in.
    let time: Timestamp
    var endTime: Timestamp

    init(time: Timestamp) {
        self.time = time
        endTime = time
    }

    mutating func take(
        _ user: String, _ item: String, weight: Int64, line: Int, _ known: inout Known
    ) -> ImportFault? {
        guard Self.weights.contains(weight) else { return .invalidWeight }
        guard let user = people.person(user, &known.people) else { return .invalidKey }
        let item = items.number(of: item, &known.items) { (1...Self.itemBytesMax).contains($0.utf8.count) }
        guard let item else { return .invalidItem }
        if Int(item) == firstRows.count { firstRows.append(rows.count) }
        rows.append(Row(user: user, item: item, weight: weight, line: line))
        return nil
    }

    /// When the item of that row was published: rows are spread evenly over the batch's time.
    func time(ofRow row: Int) -> Timestamp {
        let length = endTime.microseconds - time.microseconds
        return Timestamp(microseconds: time.microseconds + length * Int64(row) / Int64(max(rows.count, 1)))
    }
}

/// Writes batches of interactions.
struct InteractionWriter: Sendable {
    struct Applied: Sendable {
        var peopleCreated = 0
        var postsCreated = 0
        var watchesCreated = 0
        var duplicates = 0
        var faults: [ImportReport.FaultyRow] = []
        var newPeople: [(String, ID<Account>)] = []
        var newItems: [(String, ImportedItem)] = []

        func add(to report: inout ImportReport, _ readingFaults: [ImportReport.FaultyRow]) {
            report.peopleCreated += peopleCreated
            report.postsCreated += postsCreated
            report.watchesCreated += watchesCreated
            report.duplicates += duplicates
            for row in (readingFaults + faults).sorted(by: { $0.line < $1.line }) {
                report.skip(line: row.line, row.fault)
            }
        }
    }

    let people: ImportPeople
    let social: SocialService
    /// Makes ids of the posts' times, which grow with the file.
    let ids: IDGenerator
    let clock: WallClock

    func apply(_ batch: InteractionBatch, in tx: WriteTransaction) throws -> Applied {
        var (users, items) = (batch.people, batch.items)
        let unknownUsers = users.unknown
        let unknownItems = items.unknown
        var applied = Applied(peopleCreated: try people.resolve(&users, in: tx))
        applied.postsCreated = try resolve(&items, of: batch, by: users, in: tx)
        applied.newPeople = unknownUsers.compactMap { number in users.values[number].map { (users.keys[number], $0) } }
        applied.newItems = unknownItems.compactMap { number in items.values[number].map { (items.keys[number], $0) } }

        var reactions = ImportedReactions()
        for row in batch.rows {
            guard let user = users[row.user], let item = items[row.item] else { continue }
            switch item {
            case .post(let post): reactions.watches.append(.init(account: user, post: post, count: row.weight))
            case .deleted: applied.faults.append(.init(line: row.line, fault: .postDeleted))
            }
        }
        let added = try social.add(reactions, at: clock.now(), ids: ids, in: tx)
        applied.watchesCreated = added.watches
        applied.duplicates = reactions.watches.count - added.watches
        return applied
    }

    /// Finds the posts of the batch's items, and publishes those that are missing.
    /// - Returns: how many were published.
    private func resolve(
        _ items: inout ImportKeys<ImportedItem>, of batch: InteractionBatch, by users: ImportKeys<ID<Account>>,
        in tx: WriteTransaction
    ) throws -> Int {
        let unknown = items.unknown
        let found = try social.importedItems(unknown.map { items.keys[$0] }, in: tx)
        var missing: [Int] = []
        var posts: [ImportedPost] = []
        for number in unknown {
            let (key, firstRow) = (items.keys[number], batch.firstRows[number])
            if let item = found[key] {
                items.set(item, for: number)
            } else if let author = users[batch.rows[firstRow].user] {
                missing.append(number)
                posts.append(
                    ImportedPost(author: author, caption: "Item \(key)", publishedAt: batch.time(ofRow: firstRow)))
            }
        }
        let published = try social.addPosts(posts, ids: ids, in: tx)
        try social.remember(zip(missing, published).map { (key: items.keys[$0], post: $1) }, in: tx)
        for (number, post) in zip(missing, published) { items.set(.post(post), for: number) }
        return published.count
    }
}
