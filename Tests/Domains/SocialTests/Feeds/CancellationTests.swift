import Core
import Storage
import Testing

@testable import Social

/// A server that stops, or a job that has timed out, cancels its handler.
@Suite struct CancellationTests {
    private struct Work: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let run: @Sendable (SocialService, _ post: ID<Post>, _ author: ID<Account>) async throws -> Void

        init(_ name: String, _ run: @escaping @Sendable (SocialService, ID<Post>, ID<Account>) async throws -> Void) {
            testDescription = name
            self.run = run
        }

        static let all = [
            Work("fan out") { social, _, author in try await social.fanOut(FanOutPosts(author: author)) },
            Work("purge") { social, post, author in
                try await social.delete(post, by: author, isModerator: false)
                try await social.purge(post)
            },
            Work("pull") { social, _, author in try await social.pull(author) },
            Work("erase") { social, _, author in try await social.eraseTraces(of: author) },
            Work("fold") { social, _, _ in try await social.foldEngagement() },
            Work("sweep") { social, _, _ in try await social.sweepEngagement() },
            Work("fill") { social, _, _ in try await social.fillTimelines() },
            Work("trim") { social, _, _ in try await social.trimTimelines() },
            Work("batches") { social, _, _ in try await social.inBatches { _, batch in batch } },
        ]
    }

    @Test(.timeLimit(.minutes(15)), arguments: Work.all)
    private func aCancelledJobStops(work: Work) async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let post = try await plaza.publish(by: ann)
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    await #expect(throws: CancellationError.self) { try await work.run(plaza.social, post, ann) }
                }
            }
            #expect(try await plaza.number("SELECT COUNT(*) FROM post WHERE id = \(post)") == 1)
        }
    }
}
