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
    let isFollowing: Bool

    /// Columns that ``init(_:)`` reads, in order; the viewer's edge comes last.
    static let columns = """
        person.account_id, person.handle, person.display_name, person.bio, person.avatar_url, person.follower_count,
        person.following_count, person.post_count
        """

    init(_ row: Row) {
        id = row.id(0)
        handle = row.text(1)
        displayName = row.text(2)
        bio = row.text(3)
        avatarURL = row.textOrNil(4)
        followerCount = row.integer(5)
        followingCount = row.integer(6)
        postCount = row.integer(7)
        isFollowing = row.bool(8)
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
            json.member("is_following", isFollowing)
            json.member("created_at", id.createdAt)
        }
    }
}
