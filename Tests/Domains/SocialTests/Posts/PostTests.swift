import Core
import PlazaTesting
import Storage
import Testing

@testable import Social

@Suite struct PostTests {
    @Test func aPublishedPostIsThereForItsAuthorAtOnce() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let media: JSON = [["kind": "image", "url": "https://cdn.example/bowl.jpg"]]
            let draft = PostDraft(caption: "Bowls \"fresh\"\n🏺", media: media, products: [ID(rawValue: 5)])
            let post = try plaza.json(try await plaza.social.publish(draft, by: ann))
            #expect(post["caption"]?.string == "Bowls \"fresh\"\n🏺")
            #expect(post["media"] == media)
            #expect(post["products"]?.array?.map { $0["id"] } == ["prd_0000000000005"])
            #expect(post["author"]?["handle"]?.string == "ann")
            #expect(post["edited_at"] == .null)
            let id = try #require(post["id"]?.string.flatMap { ID<Post>($0) })
            #expect(try await plaza.home(of: ann) == [id])
            let seen = try plaza.json(try await plaza.social.post(id, viewer: ann).view)
            #expect(seen == post)
            #expect(try await plaza.person(ann).postCount == 1)
        }
    }

    @Test func anEmptyPostIsRefused() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann)
            for nothing in ["", " \n\t", "\u{200B}\u{3164}"] {
                await #expect(throws: SocialError.emptyPost) { try await plaza.publish(nothing, by: ann) }
                await #expect(throws: SocialError.emptyPost) {
                    _ = try await plaza.social.edit(post, .caption(nothing), by: ann)
                }
            }
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func somebodyUnknownPublishesNothing() async throws {
        try await withSocial { plaza in
            await #expect(throws: SocialError.accountNotFound) { try await plaza.publish(by: ID(rawValue: 9)) }
            let listed = try await plaza.explore()
            #expect(listed.isEmpty)
        }
    }

    @Test func anEditChangesWhatIsGivenAndKeepsTheRest() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let draft = PostDraft(caption: "Bowls", media: [["kind": "image", "url": "https://cdn.example/a"]])
            let post = try await plaza.social.publish(draft, by: ann).card.id
            try await plaza.social.like(post, by: ann)
            _ = try await plaza.explore()
            plaza.clock.advance(seconds: 60)
            let edited = try plaza.json(try await plaza.social.edit(post, .caption("Last bowls"), by: ann))
            #expect(edited["caption"]?.string == "Last bowls")
            #expect(edited["media"] == draft.media)
            #expect(edited["edited_at"]?.string == plaza.clock.now.description)
            #expect(edited["is_liked"] == true)
            #expect(edited["counts"]?["likes"] == 1)
            let seen = try plaza.json(try await plaza.social.post(post, viewer: bob).view)
            #expect(seen["caption"]?.string == "Last bowls")
        }
    }

    @Test func onlyTheAuthorEdits() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let open = try await plaza.publish(by: ann)
            let hidden = try await plaza.publish(by: ann, for: .followers)
            await #expect(throws: SocialError.notYours) {
                _ = try await plaza.social.edit(open, .caption("x"), by: bob)
            }
            await #expect(throws: SocialError.postNotFound) {
                _ = try await plaza.social.edit(hidden, .caption("x"), by: bob)
            }
        }
    }

    @Test func aDeletedPostIsGoneFromEveryListAndLeavesNothing() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            try await plaza.social.follow(ann, by: bob)
            let post = try await plaza.publish("unique", by: ann)
            try await plaza.runJobs()
            try await plaza.social.like(post, by: bob)
            let comment = try await plaza.social.comment("Lovely", on: post, parent: nil, by: bob)
            _ = try await plaza.social.comment("Thanks", on: post, parent: comment.id, by: ann)
            try await plaza.index()

            try await plaza.social.delete(post, by: ann, isModerator: false)
            #expect(try await plaza.places(of: post, for: bob).isEmpty)
            #expect(try await plaza.places(of: post, for: ann).isEmpty)
            for _ in 0..<2 {
                await #expect(throws: SocialError.postNotFound) {
                    try await plaza.social.delete(post, by: ann, isModerator: false)
                }
                await #expect(throws: SocialError.postNotFound) {
                    _ = try await plaza.social.edit(post, .caption("x"), by: ann)
                }
                await #expect(throws: SocialError.commentNotFound) {
                    _ = try await plaza.social.editComment(comment.id, text: "x", by: bob)
                }
                try await plaza.runJobs()
            }
            #expect(try await plaza.person(ann).postCount == 0)
            let rows = try await plaza.number(
                """
                SELECT (SELECT COUNT(*) FROM post) + (SELECT COUNT(*) FROM comment) + (SELECT COUNT(*) FROM post_like)
                    + (SELECT COUNT(*) FROM feed_entry) /* scan: a test's tables */
                """)
            #expect(rows == 0)
        }
    }

    @Test func aDeletedPostIsEmptiedBeforeItIsPurged() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish("a secret", by: ann)
            try await plaza.social.delete(post, by: ann, isModerator: false)
            let kept = try await plaza.number("SELECT COUNT(*) FROM post WHERE id = \(post) AND caption <> ''")
            #expect(kept == 0)
        }
    }

    @Test func othersDeleteOnlyAsModerators() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let open = try await plaza.publish(by: ann)
            let hidden = try await plaza.publish(by: ann, for: .followers)
            await #expect(throws: SocialError.notYours) {
                try await plaza.social.delete(open, by: bob, isModerator: false)
            }
            await #expect(throws: SocialError.postNotFound) {
                try await plaza.social.delete(hidden, by: bob, isModerator: false)
            }
            try await plaza.social.block(bob, by: ann)
            for post in [open, hidden] { try await plaza.social.delete(post, by: bob, isModerator: true) }
            #expect(try await plaza.person(ann).postCount == 0)
        }
    }

    @Test func aPurgeCanBeKilledAnywhereAndBegunAgain() async throws {
        try await withSocial(limits: { $0.fanOutBatch = 3 }) { plaza in
            let ann = try await plaza.person("ann")
            let fans = try await plaza.people(8)
            try await plaza.follow(ann, by: fans)
            let (gone, kept) = (try await plaza.publish(by: ann), try await plaza.publish(by: ann))
            try await plaza.runJobs()
            for fan in fans {
                try await plaza.social.like(gone, by: fan)
                let comment = try await plaza.social.comment("So", on: gone, parent: nil, by: fan)
                _ = try await plaza.social.comment("And so", on: gone, parent: comment.id, by: ann)
            }
            try await plaza.social.purge(kept)
            try await plaza.social.delete(gone, by: ann, isModerator: false)
            try await plaza.statements.killingEverywhere { try await plaza.social.purge(gone) }
            try await plaza.social.purge(gone)
            try await plaza.runJobs()
            for fan in fans { #expect(try await plaza.home(of: fan) == [kept]) }
            #expect(try await plaza.number("SELECT COUNT(*) FROM comment /* scan: a test's table */") == 0)
            #expect(try await plaza.miscounts() == 0)
        }
    }
}

extension PostChange {
    static func caption(_ caption: String) -> PostChange {
        var change = PostChange()
        change.caption = caption
        return change
    }

    static func visibility(_ visibility: Post.Visibility) -> PostChange {
        var change = PostChange()
        change.visibility = visibility
        return change
    }
}
