import Core
import PlazaTesting
import Realtime
import Storage
import Testing

@testable import Social

/// What has become of comments that a client holds.
@Suite struct CommentChangeTests {
    @Test func whoWasAwayAsksForEditsAndDeletions() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            var said: [ID<Social.Comment>] = []
            for text in ["one", "two", "three"] {
                said.append(try await plaza.social.comment(text, on: post, parent: nil, by: bob).id)
            }
            let reply = try await plaza.social.comment("reply", on: post, parent: said[0], by: ann).id
            let held = try await plaza.social.comments(of: post, cursor: nil, limit: 100, viewer: bob)
            #expect(held.revision == 0)
            _ = try await plaza.social.editComment(reply, text: "a reply", by: ann)
            _ = try await plaza.social.editComment(said[1], text: "second", by: bob)
            try await plaza.social.deleteComment(said[2], by: bob, isModerator: false)
            _ = try await plaza.social.editComment(said[1], text: "2", by: bob)
            try await plaza.social.deleteComment(said[0], by: bob, isModerator: false)
            // Kept in the tables: a service that has just started knows as much.
            let again = plaza.uncached
            let changes = try await again.commentChanges(
                of: post, after: held.revision, cursor: nil, limit: 100, viewer: bob)
            #expect(changes.page.items.map(\.id) == [reply, said[2], said[1], said[0]])
            let texts = try changes.page.items.map { try $0.comment.map { try plaza.json($0)["text"]?.string } ?? nil }
            // The reply went with what it answered.
            #expect(texts == [nil, nil, "2", nil])
            #expect(changes.revision == 5)
            let later = try await again.commentChanges(
                of: post, after: changes.revision, cursor: nil, limit: 100, viewer: bob)
            #expect(later.page.items.isEmpty && later.revision == 5)
            let paged = try await plaza.all { cursor in
                try await plaza.social.commentChanges(of: post, after: 0, cursor: cursor, limit: 1, viewer: nil).page
            }
            #expect(paged.map(\.id) == changes.page.items.map(\.id))
            let shown = try await plaza.social.post(post, viewer: bob).comments
            #expect(shown.revision == 5)
        }
    }

    @Test func changesAreForThoseWhoSeeThePostAndTheWriter() async throws {
        try await withSocial { plaza in
            let (ann, bob, eve) = (
                try await plaza.person("ann"), try await plaza.person("bob"), try await plaza.person("eve")
            )
            try await plaza.follow(ann, by: [bob])
            let post = try await plaza.publish(by: ann, for: .followers)
            let comment = try await plaza.social.comment("Hm", on: post, parent: nil, by: bob).id
            _ = try await plaza.social.editComment(comment, text: "Ah", by: bob)
            await #expect(throws: SocialError.postNotFound) {
                _ = try await plaza.social.commentChanges(of: post, after: 0, cursor: nil, limit: 9, viewer: eve)
            }
            try await plaza.follow(ann, by: [eve])
            let seen = try await plaza.social.commentChanges(of: post, after: 0, cursor: nil, limit: 9, viewer: eve)
            #expect(seen.page.items.map(\.id) == [comment])
            try await plaza.social.block(bob, by: eve)
            let barred = try await plaza.social.commentChanges(of: post, after: 0, cursor: nil, limit: 9, viewer: eve)
            #expect(barred.page.items.isEmpty)
        }
    }

    /// A push says which revision it brings, so that a client which hears asks for nothing twice.
    @Test func pushesCarryTheRevision() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann)
            let (one, two) = (
                try await plaza.social.comment("1", on: post, parent: nil, by: ann).id,
                try await plaza.social.comment("2", on: post, parent: nil, by: ann).id
            )
            _ = plaza.pushes.take()
            _ = try await plaza.social.editComment(one, text: "one", by: ann)
            try await plaza.social.deleteComment(two, by: ann, isModerator: false)
            let revisions = plaza.pushes.take().compactMap { $0.data["revision"]?.integer }
            #expect(revisions == [1, 2])
        }
    }

    @Test func nothingIsLeftOfThemOnceThePostIsPurged() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann)
            let comment = try await plaza.social.comment("1", on: post, parent: nil, by: ann).id
            _ = try await plaza.social.editComment(comment, text: "one", by: ann)
            try await plaza.social.delete(post, by: ann, isModerator: false)
            try await plaza.runJobs()
            #expect(try await plaza.number("SELECT COUNT(*) FROM comment_change /* scan: a test's table */") == 0)
        }
    }
}
