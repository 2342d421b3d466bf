import CSV
package import Core
import Glibc
import Jobs
package import Storage

extension MarketService {
    /// Imports that a shop may have running.
    private static let runningMax = 1

    /// Notes that a file is to be imported.
    /// - Throws: ``MarketError/importRunning``, ``MarketError/shopRoleRequired(_:)``.
    package func beginImport(
        _ id: ID<CatalogImport>, bytes: Int64, _ options: ImportOptions, into shop: ID<Shop>, by account: ID<Account>,
        in tx: WriteTransaction
    ) throws -> CatalogImport {
        try requireImporter(account, in: shop, tx)
        try endAbandoned(of: shop, in: tx)
        try tx.execute(
            """
            INSERT INTO catalog_import
                (id, shop_id, account_id, is_dry_run, state, bytes, format, keeps_stock, written_at)
            VALUES (
                \(id), \(shop), \(account), \(options.isDryRun), \(CatalogImport.State.running.rawValue), \(bytes),
                \(options.format?.rawValue ?? ""), \(options.keepsStock), \(options.writtenAt))
            """)
        return try catalogImport(id, in: tx)
    }

    /// Whether somebody may import into a shop now.
    func requireImporter(_ account: ID<Account>, in shop: ID<Shop>, _ db: some Queryable) throws {
        _ = try self.shop(.id(shop), in: db)
        try require(.manager, of: account, in: shop, db)
        let running = try runningImports(of: shop, in: db)
        guard running.count(where: \.hasJob) < Self.runningMax else { throw MarketError.importRunning }
    }

    private func runningImports(
        of shop: ID<Shop>, in db: some Queryable
    ) throws -> [(id: ID<CatalogImport>, hasJob: Bool)] {
        let running = try db.rows("SELECT id FROM catalog_import WHERE shop_id = \(shop) AND state = 0") {
            $0.id(0, CatalogImport.self)
        }
        guard !running.isEmpty else { return [] }
        let jobs = try JobQueue.pendingPayloads(of: ImportCatalog.self, in: db).map {
            try ImportCatalog(payload: $0).id
        }
        return running.map { ($0, jobs.contains($0)) }
    }

    /// Ends imports that nobody goes on with: a command that was cut off, a job that has failed for good.
    private func endAbandoned(of shop: ID<Shop>, in tx: WriteTransaction) throws {
        for (id, hasJob) in try runningImports(of: shop, in: tx) where !hasJob {
            try end(id, failure: "It was interrupted.", in: tx)
        }
    }

    func catalogImport(_ id: ID<CatalogImport>, in db: some Queryable) throws -> CatalogImport {
        let found = try db.first("SELECT \(unsafeRaw: CatalogImport.columns) FROM catalog_import WHERE id = \(id)") {
            CatalogImport($0)
        }
        guard let found else { throw MarketError.importNotFound }
        return found
    }

    /// Imports a file in place, for a command: as ``runImport(_:path:progress:)`` of a new import by the shop's owner.
    package func importFile(
        _ path: String, _ options: ImportOptions, into shop: ShopProfile, progress: @Sendable (CatalogImport) -> Void
    ) async throws -> CatalogImport {
        let id = ids.next(CatalogImport.self)
        // What is no file at all is said before anything is noted.
        let bytes = try Self.size(of: path, options, shop.currency)
        try await database.write { tx in
            _ = try beginImport(id, bytes: bytes, options, into: shop.id, by: shop.owner, in: tx)
        }
        return try await runImport(id, path: path, progress: progress)
    }

    /// Imports a file whose import has begun, or goes on where a run before was cut off.
    ///
    /// Reads the file once, a batch at a time. A file that cannot be read on ends the import as failed; what was read
    /// before stays, except for the product that was open.
    /// - Parameter progress: told of what is committed.
    /// - Returns: the import as it ended.
    package func runImport(
        _ id: ID<CatalogImport>, path: String, progress: @Sendable (CatalogImport) -> Void = { _ in }
    ) async throws -> CatalogImport {
        let (run, shop) = try await database.read { db in
            let run = try catalogImport(id, in: db)
            return (run, try self.shop(.id(run.shop), in: db))
        }
        guard run.state == .running else { return run }
        var reader: CatalogReader
        do {
            let file = try CatalogFile(path: path, format: run.format, currency: shop.currency)
            try await note(file, of: run)
            reader = CatalogReader(file)
        } catch {
            return try await finish(id, failure: try Self.sentence(for: error))
        }
        var failure: String?
        var place = CatalogPlace(done: run.productsDone)
        var next = try Self.batch(from: &reader, &place, &failure)
        while let batch = next {
            // Reads on while it is written.
            async let written: Void = try await commit(batch, of: id, progress)
            next = try Self.batch(from: &reader, &place, &failure)
            try await written
        }
        return try await finish(id, failure: failure)
    }

    /// How long a file of products is.
    /// - Throws: ``UnreadableCatalog`` when it is none.
    private static func size(of path: String, _ options: ImportOptions, _ currency: Currency) throws -> Int64 {
        do {
            return Int64(try CatalogFile(path: path, format: options.format, currency: currency).reader.totalBytes)
        } catch {
            throw UnreadableCatalog(path: path, reason: try sentence(for: error))
        }
    }

    /// The next products, as many as one transaction takes; nil after the last.
    /// - Parameter place: of the last product that was read.
    private static func batch(
        from reader: inout CatalogReader, _ place: inout CatalogPlace, _ failure: inout String?
    ) throws -> CatalogBatch? {
        var batch = CatalogBatch(start: max(place.read, place.done))
        while !batch.isFull, let rows = try next(of: &reader, &failure) {
            place.read += 1
            // A file's products come in the same order each time.
            if place.read > place.done { batch.add(rows) }
        }
        batch.bytesDone = reader.reader.bytesRead
        return batch.products.isEmpty ? nil : batch
    }

    /// The next product; at the place where the file cannot be read on the one that is torn, and then nil.
    private static func next(of reader: inout CatalogReader, _ failure: inout String?) throws -> CatalogRows? {
        guard failure == nil else { return reader.torn() }
        do {
            return try reader.next()
        } catch {
            failure = try sentence(for: error)
            return reader.torn()
        }
    }

    /// What is wrong with the file.
    /// - Throws: what is wrong with anything else.
    private static func sentence(for error: any Error) throws -> String {
        switch error {
        case let error as CSVError: error.sentence
        case let error as CSVFileError: "The file cannot be read: \(String(cString: strerror(error.code)))."
        default: throw error
        }
    }

    /// Notes what the file is, before anything is read of it.
    private func note(_ file: CatalogFile, of run: CatalogImport) async throws {
        var notes = file.notes
        if try await isStale(run) { notes.append(CatalogNote(.olderThanLastSale, run.writtenAt.map { "\($0)" } ?? "")) }
        let (format, json) = (file.format.rawValue, JSON.array(notes.map(\.json)).text)
        try await database.write { tx in
            try tx.execute(
                "UPDATE catalog_import SET format = \(format), notes = \(json) WHERE id = \(run.id) AND state = 0")
        }
    }

    private func isStale(_ run: CatalogImport) async throws -> Bool {
        guard let writtenAt = run.writtenAt, !run.keepsStock, run.productsDone == 0 else { return false }
        guard let sold = try await lastSale(of: run.shop) else { return false }
        return writtenAt < sold
    }

    /// - Throws: ``MarketError/olderThanLastSale(_:)``.
    package func requireFresh(_ options: ImportOptions, _ shop: ID<Shop>) async throws {
        guard let writtenAt = options.writtenAt, let sold = try await lastSale(of: shop), writtenAt < sold else {
            return
        }
        throw MarketError.olderThanLastSale(sold)
    }

    /// When somebody last bought of a shop; nil when nobody has.
    package func lastSale(of shop: ID<Shop>) async throws -> Timestamp? {
        try await database.read { db in
            try db.first(
                """
                SELECT purchase_id
                FROM sub_order
                WHERE shop_id = \(shop) AND state NOT IN (\(OrderState.placed.rawValue), \(OrderState.cancelled.rawValue))
                ORDER BY purchase_id DESC
                LIMIT 1
                """
            ) { $0.id(0, Order.self).createdAt }
        }
    }

    private func commit(
        _ batch: CatalogBatch, of id: ID<CatalogImport>, _ progress: @Sendable (CatalogImport) -> Void
    ) async throws {
        try Task.checkCancellation()
        progress(
            try await database.write { tx in
                try apply(batch, of: id, in: tx)
                return try catalogImport(id, in: tx)
            })
    }

    private func finish(_ id: ID<CatalogImport>, failure: String?) async throws -> CatalogImport {
        try await database.write { tx in
            try end(id, failure: failure, in: tx)
            return try catalogImport(id, in: tx)
        }
    }

    private func end(_ id: ID<CatalogImport>, failure: String?, in tx: WriteTransaction) throws {
        let state = failure == nil ? CatalogImport.State.done : .failed
        try tx.execute(
            """
            UPDATE catalog_import
            SET state = \(state.rawValue), failure = \(failure), finished_at = \(clock.now())
            WHERE id = \(id) AND state = \(CatalogImport.State.running.rawValue)
            """)
        try tx.execute("DELETE FROM catalog_import_product WHERE import_id = \(id)")
    }
}

extension CSVError {
    fileprivate var sentence: String {
        let what =
            switch reason {
            case .unterminatedQuote: "the file ends inside a quoted field: it may have been cut off."
            case .textAfterQuote: "something other than a comma follows a closing quote."
            case .fieldTooLong: "a field is too long."
            case .rowTooLong: "the row is too long."
            case .tooManyColumns: "the header has too many columns."
            case .wrongColumnCount: CatalogFault.wrongColumnCount.explanation
            case .missingColumn: "the column \"\(column ?? "")\" is missing in the header."
            case .repeatedColumn: "the column \"\(column ?? "")\" is twice in the header."
            case .invalidUTF8: CatalogFault.invalidUTF8.explanation
            case .emptyFile: "the file is empty: it lacks even a header."
            case .badNumber: "a field is not a whole number."
            }
        return "Line \(line): \(what)"
    }
}

/// A command was given something that is no file of products.
package struct UnreadableCatalog: Error, CustomStringConvertible {
    package let path: String
    /// A sentence.
    package let reason: String

    package var description: String { "\(path): \(reason) Nothing has been imported." }
}

/// How far a file is.
private struct CatalogPlace {
    /// Products that earlier runs have committed.
    let done: Int64
    /// Products that were read.
    var read: Int64 = 0
}
