package import Core
import Presence
import Social
package import Storage

/// Who may see whether somebody is online: Social knows who are friends, and whom a block bars.
package struct FriendCircle: PresenceCircle {
    package init() {}

    package func isFriend(of viewer: ID<Account>, _ column: StaticString) -> SQL {
        SocialService.isFriend(of: viewer, column)
    }

    package func isBarred(from viewer: ID<Account>, _ column: StaticString) -> SQL {
        SocialService.isBarred(from: viewer, column)
    }

    package func friends(
        of accounts: [ID<Account>], limit: Int, in db: ReadTransaction
    ) throws -> [(account: ID<Account>, friend: ID<Account>)] {
        try SocialService.friends(of: accounts, limit: limit, in: db)
    }
}
