import Core
import PlazaTesting
import Testing

@testable import Social

@Suite struct CommentTests {
    @Test func aReplyToAReplyJoinsItsThread() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            let first = try await plaza.social.comment("Lovely", on: post, parent: nil, by: bob)
            let reply = try await plaza.social.comment("Thanks", on: post, parent: first.id, by: ann)
            let deeper = try await plaza.social.comment("Welcome", on: post, parent: reply.id, by: bob)
            #expect(try plaza.json(first)["parent"] == .null)
            #expect(try plaza.json(reply)["parent"]?.string == "\(first.id)")
            #expect(try plaza.json(deeper)["parent"]?.string == "\(first.id)")
            #expect(try await plaza.comments(of: post) == [first.id])
            #expect(try await plaza.replies(to: first.id) == [reply.id, deeper.id])
            #expect(try await plaza.replies(to: reply.id).isEmpty)
            let shown = try await plaza.social.comments(of: post, cursor: nil, limit: 5, viewer: nil).items[0]
            #expect(try plaza.json(shown)["reply_count"]?.integer == 2)
            #expect(try await plaza.count("comments", of: post) == 3)
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func aReplyBelongsToItsPost() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let (post, other) = (try await plaza.publish(by: ann), try await plaza.publish(by: ann))
            let comment = try await plaza.social.comment("Here", on: post, parent: nil, by: ann)
            for parent in [comment.id, ID(rawValue: 9)] {
                await #expect(throws: SocialError.commentNotFound) {
                    _ = try await plaza.social.comment("There", on: other, parent: parent, by: ann)
                }
            }
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func onlyItsAuthorRewritesAComment() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            let comment = try await plaza.social.comment("Lovly", on: post, parent: nil, by: bob)
            #expect(try plaza.json(comment)["edited_at"] == .null)
            let edited = try await plaza.social.editComment(comment.id, text: "Lovely", by: bob)
            #expect(try plaza.json(edited)["text"]?.string == "Lovely")
            #expect(try plaza.json(edited)["edited_at"]?.string == "\(plaza.clock.now)")
            await #expect(throws: SocialError.notYours) {
                _ = try await plaza.social.editComment(comment.id, text: "Ugly", by: ann)
            }
            await #expect(throws: SocialError.commentNotFound) {
                _ = try await plaza.social.editComment(ID(rawValue: 9), text: "Ugly", by: ann)
            }
        }
    }

    @Test func itsAuthorThePostsAuthorAndModeratorsDeleteAComment() async throws {
        try await withSocial { plaza in
            let (ann, bob, cleo) = (
                try await plaza.person("ann"), try await plaza.person("bob"), try await plaza.person("cleo")
            )
            let post = try await plaza.publish(by: ann)
            for (account, isModerator, mayDelete) in [
                (bob, false, true), (ann, false, true), (cleo, true, true), (cleo, false, false),
            ] {
                let comment = try await plaza.social.comment("Hm", on: post, parent: nil, by: bob).id
                if mayDelete {
                    try await plaza.social.deleteComment(comment, by: account, isModerator: isModerator)
                    await #expect(throws: SocialError.commentNotFound) {
                        try await plaza.social.deleteComment(comment, by: account, isModerator: isModerator)
                    }
                } else {
                    await #expect(throws: SocialError.notYours) {
                        try await plaza.social.deleteComment(comment, by: account, isModerator: isModerator)
                    }
                }
            }
            #expect(try await plaza.count("comments", of: post) == 1)
        }
    }

    @Test func deletingACommentTakesItsReplies() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            let first = try await plaza.social.comment("One", on: post, parent: nil, by: bob).id
            let reply = try await plaza.social.comment("Two", on: post, parent: first, by: ann).id
            _ = try await plaza.social.comment("Three", on: post, parent: first, by: bob)
            let kept = try await plaza.social.comment("Four", on: post, parent: nil, by: bob).id
            try await plaza.social.deleteComment(reply, by: ann, isModerator: false)
            #expect(try await plaza.count("comments", of: post) == 3)
            #expect(try await plaza.miscounts() == 0)
            try await plaza.social.deleteComment(first, by: bob, isModerator: false)
            #expect(try await plaza.comments(of: post) == [kept])
            #expect(try await plaza.count("comments", of: post) == 1)
            #expect(try await plaza.miscounts() == 0)
        }
    }

    @Test func whoMayNotSeeThePostNeitherReadsNorWritesUnderIt() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann, for: .followers)
            let comment = try await plaza.social.comment("Mine", on: post, parent: nil, by: ann).id
            await #expect(throws: SocialError.postNotFound) {
                _ = try await plaza.social.comment("Psst", on: post, parent: nil, by: bob)
            }
            await #expect(throws: SocialError.postNotFound) { _ = try await plaza.comments(of: post, for: bob) }
            await #expect(throws: SocialError.commentNotFound) { _ = try await plaza.replies(to: comment, for: bob) }
            await #expect(throws: SocialError.commentNotFound) {
                try await plaza.social.deleteComment(comment, by: bob, isModerator: false)
            }
            await #expect(throws: SocialError.commentNotFound) {
                _ = try await plaza.social.editComment(comment, text: "Bob's", by: bob)
            }
        }
    }

    @Test func anOwnCommentCanBeDeletedAfterThePostWasClosed() async throws {
        try await withSocial { plaza in
            let (ann, bob) = (try await plaza.person("ann"), try await plaza.person("bob"))
            let post = try await plaza.publish(by: ann)
            let comment = try await plaza.social.comment("Oops", on: post, parent: nil, by: bob).id
            _ = try await plaza.social.edit(post, .visibility(.followers), by: ann)
            try await plaza.social.deleteComment(comment, by: bob, isModerator: false)
            #expect(try await plaza.count("comments", of: post, for: ann) == 0)
        }
    }

    @Test func pagesGoOnFromThePostsFirstComments() async throws {
        try await withSocial(limits: { $0.firstComments = 4 }) { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann)
            var written: [ID<Social.Comment>] = []
            for index in 0..<13 {
                written.append(try await plaza.social.comment("\(index)", on: post, parent: nil, by: ann).id)
            }
            let first = try await plaza.social.post(post, viewer: nil).comments
            #expect(first.items.map(\.id) == Array(written.prefix(4)))
            let rest = try await plaza.all { cursor in
                try await plaza.social.comments(of: post, cursor: cursor ?? first.next, limit: 4, viewer: nil).page
            }
            #expect(rest.map(\.id) == Array(written.dropFirst(4)))
            let replies = try await plaza.social.comment("r", on: post, parent: written[0], by: ann)
            await #expect(throws: CursorError.invalid) {
                _ = try await plaza.social.replies(to: replies.id, cursor: first.next, limit: 4, viewer: nil)
            }
        }
    }
}
