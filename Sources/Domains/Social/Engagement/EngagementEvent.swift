package import Core

/// Something a viewer did with a post, as a client reports it.
package struct EngagementEvent: Sendable {
    package enum Kind: Int64, Sendable, CaseIterable {
        case view = 0
        case like = 1
        case share = 2
        case watch = 3

        package var name: String {
            switch self {
            case .view: "view"
            case .like: "like"
            case .share: "share"
            case .watch: "watch"
            }
        }

        package init?(name: String) {
            guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = kind
        }

        var weight: Double {
            switch self {
            case .view: EngagementWeight.view
            case .like: EngagementWeight.like
            case .share: EngagementWeight.share
            case .watch: EngagementWeight.watch
            }
        }
    }

    package let post: ID<Post>
    package let kind: Kind
    package let watchedMilliseconds: Int64

    package init(post: ID<Post>, kind: Kind, watchedMilliseconds: Int64 = 0) {
        self.post = post
        self.kind = kind
        self.watchedMilliseconds = watchedMilliseconds
    }
}

/// A row of `engagement`, for one viewer.
struct EngagementKey: Hashable, Comparable {
    let post: ID<Post>
    let kind: EngagementEvent.Kind

    static func < (left: Self, right: Self) -> Bool {
        (left.post, left.kind.rawValue) < (right.post, right.kind.rawValue)
    }
}

extension EngagementEvent {
    /// The rows that it brings: who watches has also viewed. Likes are elsewhere.
    var keys: [EngagementKey] {
        switch kind {
        case .view, .share: [EngagementKey(post: post, kind: kind)]
        case .watch: [EngagementKey(post: post, kind: .view), EngagementKey(post: post, kind: .watch)]
        case .like: []
        }
    }
}

/// What became of one event of a batch.
package enum EngagementVerdict: String, Sendable {
    case accepted
    /// The same within the window, or liked already.
    case duplicate
    /// Not there for this viewer.
    case postNotFound = "post_not_found"
}

/// What one call has logged: the kind of a row's id in `engagement_log`.
enum EngagementBatch: EntityKind {
    static let idPrefix = "eng"
}

/// The wire of `engagement_log`: nine bytes an event, post and kind, whose highest bit says that the post is the
/// viewer's own.
struct EngagementEntry {
    static let byteCount = 9
    private static let ownFlag: UInt8 = 0x80

    let post: ID<Post>
    let kind: EngagementEvent.Kind
    /// Counted, but lifts nothing.
    let isOwn: Bool

    func write(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: post.rawValue.bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(truncatingIfNeeded: kind.rawValue) | (isOwn ? Self.ownFlag : 0))
    }

    static func read(_ bytes: [UInt8]) -> [EngagementEntry] {
        stride(from: 0, to: bytes.count - bytes.count % byteCount, by: byteCount).compactMap { start in
            let post = bytes[start..<start + 8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
            let last = bytes[start + 8]
            return EngagementEvent.Kind(rawValue: Int64(last & ~ownFlag)).map {
                EngagementEntry(post: ID(rawValue: post), kind: $0, isOwn: last & ownFlag != 0)
            }
        }
    }
}
