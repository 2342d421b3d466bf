import Core
import Flows
import PlazaTesting
import Social
import Storage
import Testing

/// What Presence asks of Social, over Social's own tables.
@Suite struct FriendCircleTests {
    @Test func friendsComeInTheirOrderAndUpToTheLimit() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.addPerson("ann"), try await plaza.addPerson("ben"))
            let eve = try await plaza.addPerson("eve")
            for other in [eve, ben] { try await plaza.befriend(ann, other) }
            let all = try await plaza.friends(of: [ben, ann], limit: 10)
            #expect(all.map(\.account) == [ann, ann, ben])
            #expect(all.map(\.friend) == [ben, eve, ann])
            let first = try await plaza.friends(of: [ben, ann], limit: 2)
            #expect(first.map(\.friend) == [ben, eve])
        }
    }

    /// Whoever is blocked is no friend any more, and hears nothing.
    @Test func aBlockEndsIt() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.addPerson("ann"), try await plaza.addPerson("ben"))
            try await plaza.befriend(ann, ben)
            #expect(try await plaza.isTrue(FriendCircle().isFriend(of: ann, "person.account_id"), of: ben))
            #expect(try await plaza.isTrue(FriendCircle().isBarred(from: ann, "person.account_id"), of: ben) == false)
            try await plaza.social.block(ann, by: ben)
            #expect(try await plaza.friends(of: [ann, ben], limit: 10).isEmpty)
            #expect(try await plaza.isTrue(FriendCircle().isFriend(of: ann, "person.account_id"), of: ben) == false)
            #expect(try await plaza.isTrue(FriendCircle().isBarred(from: ann, "person.account_id"), of: ben))
        }
    }
}

extension FlowsFixture {
    fileprivate func befriend(_ account: ID<Account>, _ other: ID<Account>) async throws {
        _ = try await social.requestFriendship(with: other, by: account)
        _ = try await social.requestFriendship(with: account, by: other)
    }

    fileprivate func friends(
        of accounts: [ID<Account>], limit: Int
    ) async throws -> [(account: ID<Account>, friend: ID<Account>)] {
        try await database.read { db in try FriendCircle().friends(of: accounts, limit: limit, in: db) }
    }

    fileprivate func isTrue(_ condition: SQL, of person: ID<Account>) async throws -> Bool {
        try await database.read { db in
            try db.exists("SELECT 1 FROM person WHERE person.account_id = \(person) AND \(condition)")
        }
    }
}
