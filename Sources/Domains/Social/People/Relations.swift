import Core

/// The newest ids of a set: whether an id is in it is known from `floor` on.
struct KnownIDs<Entity: EntityKind>: Sendable {
    /// Ascending.
    private let ids: [Int64]
    private let floor: Int64

    /// - Parameters:
    ///   - ids: the newest of the set, in any order.
    ///   - countMax: how many were asked for: as many mean that there may be older ones.
    init(_ ids: [Int64], countMax: Int = .max) {
        self.ids = ids.sorted()
        floor = ids.count < countMax ? .min : self.ids.first ?? .max
    }

    func knows(_ id: ID<Entity>) -> Bool { id.rawValue >= floor }

    func contains(_ id: ID<Entity>) -> Bool {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id.rawValue { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id.rawValue
    }

    /// Whether it is known that nothing is in the set.
    var isEmpty: Bool { ids.isEmpty && floor == .min }

    var cost: Int { ids.count * 8 + 32 }
}

/// How a viewer stands to people and posts.
struct Relations: Sendable {
    let followed: KnownIDs<Account>
    /// Those on the other side of a block, whoever set it.
    let barred: KnownIDs<Account>
    let liked: KnownIDs<Post>

    /// Those of a visitor.
    static let none = Relations(followed: KnownIDs([]), barred: KnownIDs([]), liked: KnownIDs([]))

    var cost: Int { followed.cost + barred.cost + liked.cost + 128 }

    func knows(_ row: FeedRow) -> Bool {
        followed.knows(row.author) && barred.knows(row.author) && liked.knows(row.post)
    }

    /// Whether a block may lie between the viewer and any of them.
    func mayBar(_ authors: some Sequence<ID<Account>>) -> Bool {
        !barred.isEmpty && authors.contains { !barred.knows($0) || barred.contains($0) }
    }

    /// The post as `viewer` sees it; nil when it is not there for them: kept for followers, or on the other side of a
    /// block.
    func view(of card: PostCard, for viewer: ID<Account>?) -> PostView? {
        let isFollowing = followed.contains(card.author)
        guard
            card.author == viewer
                || !barred.contains(card.author) && (card.visibility == .everyone || isFollowing)
        else { return nil }
        return PostView(card: card, isLiked: liked.contains(card.id), isFollowing: isFollowing)
    }
}
