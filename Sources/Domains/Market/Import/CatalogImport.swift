package import Core
import Storage

/// A file of products on its way into a shop.
package struct CatalogImport: EntityKind, Sendable, Equatable {
    package static let idPrefix = "imp"

    /// Stored by raw value.
    package enum State: Int64, Sendable {
        case running = 0
        case done = 1
        /// The file cannot be read on; what was read before stays.
        case failed = 2

        package var name: String {
            switch self {
            case .running: "running"
            case .done: "done"
            case .failed: "failed"
            }
        }
    }

    package let id: ID<CatalogImport>
    package let shop: ID<Shop>
    package let account: ID<Account>
    package let isDryRun: Bool
    package let state: State
    /// What ended it, when it failed.
    package let failure: String?
    package let bytes: Int64
    package let bytesDone: Int64
    package let rowsRead: Int64
    /// Of products, as are the next three.
    package let created: Int64
    package let updated: Int64
    package let unchanged: Int64
    package let skipped: Int64
    package let finishedAt: Timestamp?
    /// Of products that were taken with warnings.
    package let warned: Int64
    /// What was asked for, or once the file has been opened, what it is. Nil: to be guessed.
    package let format: CatalogFormat?
    /// Whether quantities of variants that are there stay.
    package let keepsStock: Bool
    /// When the file was written, where that is known.
    package let writtenAt: Timestamp?
    /// What to know about the file.
    package let notes: [CatalogNote]

    /// Products that are done: an import that was cut off goes on after them.
    var productsDone: Int64 { created + updated + unchanged + skipped }

    static let columns = """
        id, shop_id, account_id, is_dry_run, state, failure, bytes, bytes_done, rows_read, created_count, updated_count,
        unchanged_count, skipped_count, finished_at, warned_count, format, keeps_stock, written_at, notes
        """

    init(_ row: Row) {
        id = row.id(0)
        shop = row.id(1)
        account = row.id(2)
        isDryRun = row.bool(3)
        state = State(rawValue: row.integer(4)) ?? .failed
        failure = row.textOrNil(5)
        bytes = row.integer(6)
        bytesDone = row.integer(7)
        rowsRead = row.integer(8)
        created = row.integer(9)
        updated = row.integer(10)
        unchanged = row.integer(11)
        skipped = row.integer(12)
        finishedAt = row.timestampOrNil(13)
        warned = row.integer(14)
        format = CatalogFormat(rawValue: row.text(15))
        keepsStock = row.bool(16)
        writtenAt = row.timestampOrNil(17)
        notes = (try? JSONParser.parse(row.text(18)).array?.compactMap { CatalogNote($0) }) ?? []
    }
}

/// What became of a row of the file.
package struct ImportedRow: Sendable, Equatable {
    /// Of the row's product. Stored by raw value.
    package enum Outcome: Int64, Sendable {
        case created = 0
        case updated = 1
        /// The shop has it so already.
        case unchanged = 2
        case skipped = 3

        package var name: String {
            switch self {
            case .created: "created"
            case .updated: "updated"
            case .unchanged: "unchanged"
            case .skipped: "skipped"
            }
        }
    }

    package let line: Int64
    package let outcome: Outcome
    package let handle: String
    /// Why it was skipped.
    package let finding: CatalogFinding?
    /// What was left out of it.
    package let warnings: [CatalogFinding]

    package var fault: CatalogFault? { finding?.fault }
}

/// How a file is to be imported.
package struct ImportOptions: Sendable {
    package var isDryRun = false
    /// Nil: guessed from the header.
    package var format: CatalogFormat?
    /// When the file was written, where that is known.
    package var writtenAt: Timestamp?
    /// Whether quantities of variants that are there stay as they are.
    package var keepsStock = false

    package init(isDryRun: Bool = false) { self.isDryRun = isDryRun }
}
