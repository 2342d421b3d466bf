import Core
import PlazaTesting
import Storage
import Testing

@testable import Social

@Suite struct ErasureTests {
    @Test func nothingOfTheAccountRemainsAndOthersCountersAreExact() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let seen = try await plaza.liveALife(of: ann, beside: bob)
            try await plaza.erase(ann)
            try await plaza.runJobs()
            try await plaza.index()
            #expect(try await plaza.rows(naming: ann) == 0)
            #expect(try await plaza.miscounts() == 0)
            #expect(try await plaza.count("views", of: seen) == 1)
            #expect(try await plaza.count("likes", of: seen) == 0)
            #expect(try await plaza.count("comments", of: seen) == 0)
            let bobNow = try await plaza.person(bob)
            #expect(bobNow.followerCount == 0 && bobNow.followingCount == 0 && bobNow.postCount == 1)
            #expect(try await plaza.home(of: bob) == [seen])
            #expect(try await plaza.social.searchPeople("ann", cursor: nil, limit: 5, viewer: nil).items.isEmpty)
            #expect(try await plaza.social.searchPosts("glaze", cursor: nil, limit: 5, viewer: nil).items.isEmpty)
        }
    }

    @Test func theNameIsGoneAtOnceAndFree() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            _ = try await plaza.explore()
            try await plaza.erase(ann)
            await #expect(throws: SocialError.accountNotFound) { _ = try await plaza.person(ann, for: bob) }
            await #expect(throws: SocialError.accountNotFound) { try await plaza.social.follow(ann, by: bob) }
            await #expect(throws: SocialError.accountNotFound) { try await plaza.publish(by: ann) }
            await #expect(throws: SocialError.postNotFound) { _ = try await plaza.social.post(post, viewer: bob) }
            #expect(try await plaza.explore().isEmpty)
            let again = try await plaza.person("ann")
            #expect(try await plaza.person(again).handle == "ann")
        }
    }

    /// The traces go in the background; until then no list shows a person without a name.
    @Test func noListShowsATombstone() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let seen = try await plaza.liveALife(of: ann, beside: bob)
            let bobs = try await plaza.social.comment("Mine", on: seen, parent: nil, by: bob).id
            _ = try await plaza.social.comment("Yours", on: seen, parent: bobs, by: ann)
            let (cleo, dan) = (try await plaza.person("cleo"), try await plaza.person("dan"))
            _ = try await plaza.ask(ann, by: cleo)
            try await plaza.social.block(ann, by: dan)
            try await plaza.erase(ann)
            #expect(try await plaza.comments(of: seen) == [bobs])
            #expect(try await plaza.replies(to: bobs).isEmpty)
            for side in [SocialService.FollowSide.followers, .following] {
                let people = try await plaza.social.people(side, of: bob, cursor: nil, limit: 5, viewer: nil)
                #expect(people.items.isEmpty, "\(side)")
            }
            #expect(try await plaza.friends(of: bob).isEmpty)
            #expect(try await plaza.requests(.outgoing, of: cleo).isEmpty)
            #expect(try await plaza.blocked(by: dan).isEmpty)
            #expect(try await plaza.home(of: bob) == [seen])
            #expect(try await plaza.explore() == [seen])
        }
    }

    @Test func erasingCanBeKilledAnywhereAndBegunAgain() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            _ = try await plaza.liveALife(of: ann, beside: bob)
            try await plaza.follow(ann, by: try await plaza.people(5))
            try await plaza.erase(ann)
            try await plaza.statements.killingEverywhere { try await plaza.social.eraseTraces(of: ann) }
            try await plaza.runJobs()
            #expect(try await plaza.rows(naming: ann) == 0)
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func theExportHoldsWhatThePersonDid() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let seen = try await plaza.liveALife(of: ann, beside: bob)
            let export = try await plaza.export(ann)
            #expect(export["posts"]?.array?.map { $0["caption"]?.string } == ["glaze"])
            #expect(export["comments"]?.array?.map { $0["text"]?.string } == ["Lovely", "Mine"])
            for list in ["following", "followers", "friends"] {
                #expect(export[list]?.array?.map { $0["account"] } == [.id(bob)], "\(list)")
            }
            #expect(export["blocked"]?.array?.count == 1)
            #expect(export["friend_requests"]?.array?.map { $0["sender"] } == [.id(ann)])
            #expect(export["likes"]?.array?.map { $0["post"] } == [.id(seen)])
            let view: [(String, JSON)] = [("post", .id(seen)), ("type", "view"), ("count", 1), ("watched_ms", 0)]
            for (name, expected) in view {
                #expect(export["engagements"]?.array?.map { $0[name] } == [expected], "\(name)")
            }
            for list in ["following", "followers", "friends", "blocked", "friend_requests", "likes"] {
                #expect(export[list]?.array?.allSatisfy { $0["created_at"]?.string != nil } == true, "\(list)")
            }
        }
    }

    @Test func theExportTellsWhatWasRewrittenAndWhatWasAnswered() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish("Bowl", by: ann)
            _ = try await plaza.social.edit(post, .caption("Bowls"), by: ann)
            let comment = try await plaza.social.comment("Two", on: post, parent: nil, by: ann).id
            let reply = try await plaza.social.comment("Tree", on: post, parent: comment, by: ann).id
            _ = try await plaza.social.editComment(reply, text: "Three", by: ann)
            let export = try await plaza.export(ann)
            #expect(export["posts"]?.array?.compactMap { $0["edited_at"]?.string }.count == 1)
            #expect(export["comments"]?.array?.map { $0["parent"] } == [.null, .id(comment)])
            #expect(export["comments"]?.array?.compactMap { $0["edited_at"]?.string }.count == 1)
        }
    }
}

extension SocialFixture {
    fileprivate func erase(_ account: ID<Account>) async throws {
        try await database.write { tx in try social.erase(account, in: tx) }
    }

    fileprivate func export(_ account: ID<Account>) async throws -> JSON {
        let bytes = try await database.read { db in
            var json = JSONWriter()
            try json.object { try social.exportData(of: account, in: db, to: &$0) }
            return json.finish()
        }
        return try JSONParser.parse(bytes)
    }

    /// A row of every kind on both sides.
    /// - Returns: the other's post, which the account saw, liked and commented on.
    fileprivate func liveALife(of ann: ID<Account>, beside bob: ID<Account>) async throws -> ID<Post> {
        let (foe, asked) = (try await person("foe"), try await person("asked"))
        _ = try await ask(bob, by: ann)
        _ = try await ask(ann, by: bob)
        _ = try await ask(asked, by: ann)
        try await social.block(foe, by: ann)
        let seen = try await publish(by: bob)
        try await social.like(seen, by: ann)
        _ = try await social.record([EngagementEvent(post: seen, kind: .view)], by: ann)
        let comment = try await social.comment("Lovely", on: seen, parent: nil, by: ann)
        _ = try await social.comment("Thanks", on: seen, parent: comment.id, by: bob)
        let own = try await publish("glaze", by: ann)
        try await social.like(own, by: bob)
        _ = try await social.comment("Mine", on: own, parent: nil, by: ann)
        try await fold()
        try await index()
        return seen
    }

    /// Rows that still lead to the account, beside its tombstone.
    fileprivate func rows(naming account: ID<Account>) async throws -> Int64 {
        try await number(
            """
            SELECT (SELECT COUNT(*) FROM post WHERE author_id = \(account))
                + (SELECT COUNT(*) FROM comment WHERE author_id = \(account))
                + (SELECT COUNT(*) FROM follow WHERE \(account) IN (follower_id, followee_id))
                + (SELECT COUNT(*) FROM barrier WHERE \(account) IN (account_id, other_id))
                + (SELECT COUNT(*) FROM friend_request WHERE \(account) IN (sender_id, recipient_id))
                + (SELECT COUNT(*) FROM friendship WHERE \(account) IN (account_id, friend_id))
                + (SELECT COUNT(*) FROM feed_entry WHERE \(account) IN (account_id, author_id))
                + (SELECT COUNT(*) FROM post_like WHERE account_id = \(account))
                + (SELECT COUNT(*) FROM engagement WHERE account_id = \(account))
                + (SELECT COUNT(*) FROM person WHERE account_id = \(account) AND (
                    handle <> 'erased:' || \(account.description) OR display_name <> '' OR bio <> ''
                    OR avatar_url IS NOT NULL OR follower_count + following_count + post_count > 0))
            /* scan: a test's tables */
            """)
    }
}
