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
    /// Of the last row that is done; the first line of the file is 1.
    let line: Int64
    package let rowsRead: Int64
    /// Of products, as are the next three.
    package let created: Int64
    package let updated: Int64
    package let unchanged: Int64
    package let skipped: Int64
    package let finishedAt: Timestamp?

    static let columns = """
        id, shop_id, account_id, is_dry_run, state, failure, bytes, bytes_done, line, rows_read, created_count,
        updated_count, unchanged_count, skipped_count, finished_at
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
        line = row.integer(8)
        rowsRead = row.integer(9)
        created = row.integer(10)
        updated = row.integer(11)
        unchanged = row.integer(12)
        skipped = row.integer(13)
        finishedAt = row.timestampOrNil(14)
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
    package let fault: CatalogFault?
}

/// Why a row of a file is not taken. Raw values are stable, for programs.
package enum CatalogFault: String, Sendable, CaseIterable {
    case wrongColumnCount = "wrong_column_count"
    case invalidUTF8 = "invalid_utf8"
    case missingHandle = "missing_handle"
    case noParent = "no_parent"
    case duplicateHandle = "duplicate_handle"
    case duplicateVariant = "duplicate_variant"
    case badPrice = "bad_price"
    case badQuantity = "bad_quantity"
    case badWeight = "bad_weight"
    case badStatus = "bad_status"
    case badPicture = "bad_picture"
    case missingOption = "missing_option"
    case noVariant = "no_variant"
    case tooManyVariants = "too_many_variants"
    case tooManyPictures = "too_many_pictures"
    case tooManyTags = "too_many_tags"
    case tooLong = "too_long"
    case stockReserved = "stock_reserved"
    case tornFile = "torn_file"
    /// Another row of the same product has one of the faults above.
    case productSkipped = "product_skipped"

    package var explanation: String {
        switch self {
        case .wrongColumnCount: "It has more or fewer columns than the header."
        case .invalidUTF8: "It is not UTF-8: save the file as CSV UTF-8, and import it again."
        case .missingHandle: "It has no handle."
        case .noParent:
            "It goes on with a product that is not the one above it: the row with the title must come first."
        case .duplicateHandle: "Its handle is that of a product further up in the file."
        case .duplicateVariant: "Another variant of the product has the same options."
        case .badPrice:
            "A price has digits, and a point before the cents: 12.99. 1,299 is doubtful: write 1299 or 1.299."
        case .badQuantity: "A quantity is a whole number up to \(CatalogLimits.stockMax)."
        case .badWeight: "A weight is a number of grams, and its unit is g, kg, oz or lb."
        case .badStatus: "A status is active, draft or archived; published is true or false."
        case .badPicture: "A picture is an http or https URL of \(CatalogLimits.urlLengthMax) characters at most."
        case .missingOption: "A variant has a value for each option of its product."
        case .noVariant: "The product has no variant: none of its rows has a price."
        case .tooManyVariants: "A product has \(CatalogLimits.variantsMax) variants at most."
        case .tooManyPictures: "A product has \(CatalogLimits.picturesMax) pictures at most."
        case .tooManyTags: "A product has \(CatalogLimits.tagsMax) tags at most."
        case .tooLong:
            "A name has \(CatalogLimits.nameLengthMax) characters at most, a description \(CatalogLimits.bodyLengthMax)."
        case .stockReserved: "More pieces are sold and not yet handed over than the file says are there."
        case .tornFile: "The file cannot be read on after it, so the product may not be whole."
        case .productSkipped: "Another row of the same product cannot be taken."
        }
    }
}
