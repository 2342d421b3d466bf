import Core
import Storage

/// What a post has come to, as its row has it.
struct PostCounts: Sendable, Equatable {
    var likes: Int64
    var comments: Int64
    var views: Int64
    var shares: Int64

    /// Columns that ``init(_:from:)`` reads, in order.
    static let columns = "post.like_count, post.comment_count, post.view_count, post.share_count"

    /// - Parameter column: of the first of ``columns``.
    init(_ row: Row, from column: Int) {
        likes = row.integer(column)
        comments = row.integer(column + 1)
        views = row.integer(column + 2)
        shares = row.integer(column + 3)
    }

    func adding(likes: Int64 = 0, comments: Int64 = 0) -> PostCounts {
        var counts = self
        counts.likes += likes
        counts.comments += comments
        return counts
    }

    func adding(_ sum: EngagementSum) -> PostCounts {
        var counts = adding(likes: sum.likes, comments: sum.comments)
        counts.views += sum.views
        counts.shares += sum.shares
        return counts
    }
}
