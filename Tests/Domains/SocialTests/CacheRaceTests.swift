import Core
import PlazaTesting
import Storage
import Testing

@testable import Social

/// Readers that fill the caches against writers that empty them.
@Suite struct CacheRaceTests {
    /// A write that commits after a page has been read and before it is kept: it is not kept. At every read of every
    /// page.
    @Test(arguments: Write.allCases)
    func whatACommitOvertakesIsNotKept(write: Write) async throws {
        var (number, isReached) = (0, true)
        while isReached {
            try await withSocial(limits: { $0.pushFollowersMax = write == .publishPulled ? 0 : 20_000 }) { plaza in
                let world = try await RouteWorld(plaza)
                if write == .reinstate {
                    try await plaza.database.write { tx in try plaza.social.setSuspended(true, world.ann, in: tx) }
                }
                plaza.statements.interrupt(read: number) { try await write.perform(in: world) }
                _ = try await pages(of: plaza.social, in: world)
                isReached = plaza.statements.endInterruption()
                let kept = try await pages(of: plaza.social, in: world)
                #expect(kept == (try await pages(of: plaza.uncached, in: world)), "\(write) after read \(number)")
            }
            number += 1
        }
    }

    private func pages(of social: SocialService, in world: RouteWorld) async throws -> [String: String] {
        try await Pages(social: social, viewer: world.bob).all(posts: [world.post], authors: [world.ann])
    }

    /// Everybody reads what they have just written, while others read the same pages again and again.
    @Test(arguments: [1, 2] as [UInt64])
    func everybodyReadsTheirOwnWrites(seed: UInt64) async throws {
        try await withSocial(limits: { $0.firstComments = 100 }) { plaza in
            let ann = try await plaza.person("ann")
            var posts: [ID<Post>] = []
            for _ in 0..<4 { posts.append(try await plaza.publish(by: ann)) }
            let (people, targets) = (try await plaza.people(4), posts)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for (index, person) in people.enumerated() {
                    group.addTask {
                        try await plaza.writeAndRead(
                            targets, by: ann, as: person, seed: seed &* 100 &+ UInt64(index))
                        return true
                    }
                    group.addTask {
                        while !Task.isCancelled {
                            _ = try await plaza.home(of: person)
                            _ = try await plaza.explore(for: person)
                            for post in targets { _ = try await plaza.social.post(post, viewer: person) }
                            // Nothing above need wait: writers want a thread, too.
                            await Task.yield()
                        }
                        return false
                    }
                }
                var writing = people.count
                while writing > 0, let isWriter = try await group.next() { writing -= isWriter ? 1 : 0 }
                group.cancelAll()
            }
            for viewer in people {
                let kept = try await Pages(social: plaza.social, viewer: viewer).all(posts: posts, authors: [ann])
                let read = try await Pages(social: plaza.uncached, viewer: viewer).all(posts: posts, authors: [ann])
                #expect(kept == read, "seed \(seed)")
            }
        }
    }
}

enum Write: CaseIterable {
    case publish, publishPulled, narrow, delete, like, comment, editComment, deleteComment, follow, unfollow, block
    case rename, erase, suspend, reinstate, tag, untag

    func perform(in world: RouteWorld) async throws {
        let (plaza, social, ann, bob) = (world.plaza, world.plaza.social, world.ann, world.bob)
        switch self {
        case .publish, .publishPulled:
            try await plaza.publish(by: ann)
            try await plaza.runJobs()
        case .narrow: _ = try await social.edit(world.post, .visibility(.followers), by: ann)
        case .tag: try await plaza.publish(by: ann, tagging: [ID(rawValue: 5)])
        case .untag:
            var change = PostChange()
            change.products = [ID(rawValue: 6)]
            _ = try await social.edit(world.post, change, by: ann)
        case .delete: try await social.delete(world.post, by: ann, isModerator: false)
        case .like: try await social.like(world.post, by: bob)
        case .comment: _ = try await social.comment("Hm", on: world.post, parent: nil, by: bob)
        case .editComment: _ = try await social.editComment(world.comment, text: "Hm", by: bob)
        case .deleteComment: try await social.deleteComment(world.comment, by: bob, isModerator: false)
        case .follow:
            try await plaza.publish(by: world.eve)
            try await social.follow(world.eve, by: bob)
        case .unfollow: try await social.unfollow(ann, by: bob)
        case .block: try await social.block(ann, by: bob)
        case .rename:
            let card = PersonCard(id: bob, handle: "bob", displayName: "Robert", bio: "", avatarURL: nil)
            try await plaza.database.write { tx in try social.changePerson(card, in: tx) }
        case .suspend, .reinstate:
            // What lifts a suspension finds one.
            let isSuspended = self == .suspend
            try await plaza.database.write { tx in try social.setSuspended(isSuspended, ann, in: tx) }
        case .erase: try await plaza.database.write { tx in try social.erase(ann, in: tx) }
        }
    }
}

extension SocialFixture {
    /// Likes, follows, comments and publishes, and looks at once.
    fileprivate func writeAndRead(
        _ posts: [ID<Post>], by author: ID<Account>, as person: ID<Account>, seed: UInt64
    ) async throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let post = posts.randomElement(using: &random) ?? posts[0]
            let isOn = Bool.random(using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                if isOn { try await social.like(post, by: person) } else { try await social.unlike(post, by: person) }
                #expect(try await social.post(post, viewer: person).view.isLiked == isOn, "seed \(seed)")
            case 1:
                if isOn {
                    try await social.follow(author, by: person)
                } else {
                    try await social.unfollow(author, by: person)
                }
                let explore = try await social.exploreFeed(for: person, cursor: nil, limit: 100).items
                let ofAuthor = explore.filter { $0.card.author == author }
                #expect(!ofAuthor.isEmpty && ofAuthor.allSatisfy { $0.isFollowing == isOn }, "seed \(seed)")
                #expect(try await home(of: person).contains(post) == isOn, "seed \(seed)")
            case 2:
                let comment = try await social.comment("Hm", on: post, parent: nil, by: person).id
                let shown = try await social.post(post, viewer: person).comments.items.map(\.id)
                #expect(shown.contains(comment) || shown.count == 100, "seed \(seed)")
            default:
                let own = try await social.publish(PostDraft(caption: "Mine"), by: person).card.id
                #expect(try await home(of: person).contains(own), "seed \(seed)")
                #expect(try await explore(for: person).contains(own), "seed \(seed)")
            }
        }
    }
}
