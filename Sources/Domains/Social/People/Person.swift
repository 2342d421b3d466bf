package import Core
import Storage

/// The public side of an account, with what the viewer has to do with it.
package struct Person: Sendable {
    package let id: ID<Account>
    package let handle: String
    let displayName: String
    let bio: String
    let avatarURL: String?
    let followerCount: Int64
    let followingCount: Int64
    let postCount: Int64
    /// Whoever wants to follow asks, and waits for their approval.
    let approvesFollowers: Bool
    let isFollowing: Bool
    /// The viewer has asked to follow, and waits.
    let isRequested: Bool

    /// Columns that ``init(_:)`` reads, in order; what ties the viewer to them comes last.
    static let columns = """
        person.account_id, person.handle, person.display_name, person.bio, person.avatar_url, person.follower_count,
        person.following_count, person.post_count, person.approves_followers
        """
    /// With the tie.
    static let columnCount = 10

    /// The last column: 1 for whom `viewer` follows, 2 for whom they have asked.
    static func tie(to viewer: ID<Account>) -> SQL {
        """
        CASE
            WHEN EXISTS (SELECT 1 FROM follow WHERE follower_id = \(viewer) AND followee_id = person.account_id) THEN 1
            WHEN EXISTS (
                SELECT 1
                FROM follow_request
                WHERE follow_request.follower_id = \(viewer) AND follow_request.followee_id = person.account_id) THEN 2
            ELSE 0
        END
        """
    }

    init(_ row: Row) {
        id = row.id(0)
        handle = row.text(1)
        displayName = row.text(2)
        bio = row.text(3)
        avatarURL = row.textOrNil(4)
        followerCount = row.integer(5)
        followingCount = row.integer(6)
        postCount = row.integer(7)
        approvesFollowers = row.bool(8)
        isFollowing = row.integer(9) == 1
        isRequested = row.integer(9) == 2
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("handle", handle)
            json.member("display_name", displayName)
            json.member("bio", bio)
            json.member("avatar_url", avatarURL)
            json.name("counts")
            json.object { json in
                json.member("followers", followerCount)
                json.member("following", followingCount)
                json.member("posts", postCount)
            }
            json.member("approves_followers", approvesFollowers)
            json.member("is_following", isFollowing)
            json.member("is_requested", isRequested)
            json.member("created_at", id.createdAt)
        }
    }
}
