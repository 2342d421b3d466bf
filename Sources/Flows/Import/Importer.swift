package import Accounts
package import Core
package import Social
package import Storage

/// Brings files of other systems in, in batches of one transaction each.
///
/// A batch that is committed stays, whatever becomes of the process; the same file again changes nothing and completes
/// what was interrupted. When a file ends, the home feeds are filled that it has changed.
package struct Importer: Sendable {
    let database: any Database
    let accounts: AccountsService
    let social: SocialService
    let clock: WallClock
    private let node: Int

    /// - Parameter node: of this process, for ids that carry past times.
    package init(
        database: any Database, accounts: AccountsService, social: SocialService, clock: WallClock, node: Int
    ) {
        self.database = database
        self.accounts = accounts
        self.social = social
        self.clock = clock
        self.node = node
    }

    /// Ids of past times, which grow.
    var ids: IDGenerator { IDGenerator(node: node, clock: clock) }

    var people: ImportPeople {
        ImportPeople(accounts: accounts, social: social, ids: ids, createdAt: ImportHistory(clock).start)
    }

    func run(
        path: String, progress: @escaping @Sendable (ImportProgress) -> Void,
        read: (inout ImportFile) async throws -> Void
    ) async throws -> ImportReport {
        var file = try ImportFile(path: path)
        do {
            try await read(&file)
            file.filled(
                timelines: try await social.fillTimelines { filled, total in
                    progress(.init(phase: .fillingTimelines, filled, of: total))
                })
        } catch {
            throw ImportStopped(cause: error, report: file.report)
        }
        return file.report
    }
}
