package import Accounts
package import Core
package import Social
package import Storage

/// A lively data set of any size: people who follow each other, post, like, comment and watch.
///
/// The same for the same seed, size and time of the clock. Who is followed much is followed more, few write much, and
/// most posts get a little attention and some a lot, as it is where people are. Everybody has one password.
package struct Demo: Sendable {
    package struct Size: Sendable {
        package var people: Int
        package var postsPerPerson: Int
        package var followsPerPerson: Int

        package init(people: Int, postsPerPerson: Int = 10, followsPerPerson: Int = 20) {
            precondition(people > 1 && postsPerPerson >= 0 && followsPerPerson >= 0, "a size")
            self.people = people
            self.postsPerPerson = postsPerPerson
            self.followsPerPerson = followsPerPerson
        }

        package var posts: Int { people * postsPerPerson }
    }

    let database: any Database
    let accounts: AccountsService
    let social: SocialService
    let clock: WallClock
    /// Of this process, for ids that carry past times.
    let node: Int

    package init(
        database: any Database, accounts: AccountsService, social: SocialService, clock: WallClock, node: Int
    ) {
        self.database = database
        self.accounts = accounts
        self.social = social
        self.clock = clock
        self.node = node
    }

    /// Whom many follow: the one to sign in as.
    package static let firstHandle = handle(0)

    package static func handle(_ number: Int) -> String { DemoPeople.handle(number) }

    /// - Parameters:
    ///   - password: of everybody.
    ///   - origin: where browsers will find the server and its pictures; nil for posts without any.
    ///   - progress: told what has been made so far.
    /// - Throws: ``DemoError/peopleExist(handle:)`` before anything is written.
    package func run(
        seed: UInt64, size: Size, password: String, origin: String? = nil,
        progress: @escaping @Sendable (DemoReport) -> Void = { _ in }
    ) async throws -> DemoReport {
        let start = monotonicNanoseconds()
        try await refuseExisting(size)
        var report = DemoReport()
        func note(_ change: (inout DemoReport) -> Void) {
            change(&report)
            report.seconds = Double(monotonicNanoseconds() - start) / 1e9
            progress(report)
        }
        var random = SplitMix64(seed: seed)
        let people = try await addPeople(size, password: try await accounts.hash(password), note)
        try await addFollows(among: people, size, &random, note)
        try await addPosts(by: people, size, origin: origin, &random, note)
        let filled = try await social.fillTimelines()
        note { $0.timelines = filled }
        return report
    }

    private func refuseExisting(_ size: Size) async throws {
        for batch in Self.batches(of: size.people) {
            let taken = try await database.read(lane: .background) { [accounts] db in
                try accounts.accounts(named: batch.map(DemoPeople.handle), in: db)
            }
            if let handle = taken.keys.min() { throw DemoError.peopleExist(handle: handle) }
        }
    }

    static func batches(of count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: 5_000).map { $0..<min($0 + 5_000, count) }
    }
}

/// What has been made.
package struct DemoReport: Sendable, Equatable {
    package internal(set) var people = 0
    package internal(set) var follows = 0
    package internal(set) var posts = 0
    package internal(set) var likes = 0
    package internal(set) var comments = 0
    package internal(set) var watches = 0
    package internal(set) var timelines = 0
    package internal(set) var seconds = 0.0
}

package enum DemoError: Error, Equatable, CustomStringConvertible {
    case peopleExist(handle: String)

    package var description: String {
        switch self {
        case .peopleExist(let handle):
            "\(handle) exists already: the demonstration is there, or somebody has that handle. Take an empty directory."
        }
    }
}
