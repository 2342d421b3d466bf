import Core
package import Jobs
import Storage

/// Brings what a shop lists in line with whether it is open.
struct RelistShop: Job {
    static let kind = "market.relist_shop"
    let shop: ID<Shop>

    init(shop: ID<Shop>) { self.shop = shop }
    init(payload: JSON) throws { shop = try subject(of: payload) }
    var payload: JSON { ["id": .id(shop)] }
}

/// Applies a file that waits in the spool.
struct ImportCatalog: Job {
    static let kind = "market.import_catalog"
    let id: ID<CatalogImport>

    init(id: ID<CatalogImport>) { self.id = id }
    init(payload: JSON) throws { id = try subject(of: payload) }
    var payload: JSON { ["id": .id(id)] }
}

/// Deletes reports that nobody reads any more, and files that were left behind.
struct CleanImports: ArgumentlessJob {
    static let kind = "market.clean_imports"
}

/// Passes on what was kept for people who have not come for it.
struct PassOnOffers: ArgumentlessJob {
    static let kind = "market.pass_on_offers"
}

private func subject<Entity: EntityKind>(of payload: JSON, as kind: Entity.Type = Entity.self) throws -> ID<Entity> {
    guard let id = payload["id"]?.string.flatMap({ ID<Entity>($0) }) else {
        throw PermanentJobFailure("the payload has no id of the right kind")
    }
    return id
}

extension MarketService {
    /// Registers what Market's jobs do.
    package func register(in handlers: inout JobHandlers) {
        handlers.on(RelistShop.self, timeoutSeconds: 600) { job, _ in try await relist(job.shop) }
        handlers.on(ImportCatalog.self, timeoutSeconds: 6 * 3_600) { job, _ in
            _ = try await runImport(job.id, path: spool.path(of: job.id))
            spool.remove(job.id)
        }
        handlers.on(OpenDrop.self) { job, _ in try await open(job) }
        handlers.on(PassOnOffers.self, timeoutSeconds: 600) { _, _ in
            try await passOnOffers()
            try await reviewLines()
        }
        handlers.on(CleanImports.self, timeoutSeconds: 600) { _, _ in try await cleanImports() }
    }

    /// Work that recurs.
    package static func schedules() throws -> [JobSchedule] {
        [
            JobSchedule("market.clean_imports", try CronExpression("23 4 * * *"), job: CleanImports()),
            JobSchedule("market.pass_on_offers", try CronExpression("* * * * *"), job: PassOnOffers()),
        ]
    }

    /// A month, for those who look into what happened.
    private static let reportKeptSeconds: Int64 = 30 * 86_400
    private static let cleanBatch = 5_000

    private func cleanImports() async throws {
        let now = clock.now()
        for id in spool.abandoned(at: now) {
            let isRunning = try await database.read { db in
                try db.exists("SELECT 1 FROM catalog_import WHERE id = \(id) AND state = 0")
            }
            if !isRunning { spool.remove(id) }
        }
        let old = try await database.read(lane: .background) { db in
            try db.rows(
                """
                SELECT id
                FROM catalog_import
                WHERE finished_at < \(now.advanced(bySeconds: -Self.reportKeptSeconds)) /* scan: a row an import */
                """
            ) { $0.id(0, CatalogImport.self) }
        }
        for id in old { try await deleteReport(on: id) }
    }

    private func deleteReport(on id: ID<CatalogImport>) async throws {
        var deleted = Self.cleanBatch
        while deleted == Self.cleanBatch {
            deleted = try await database.write { tx in
                try tx.execute(
                    """
                    DELETE FROM catalog_import_row
                    WHERE import_id = \(id) AND line IN (
                        SELECT line
                        FROM catalog_import_row
                        WHERE import_id = \(id)
                        ORDER BY line
                        LIMIT \(Self.cleanBatch))
                    """)
            }
        }
        try await database.write { tx in try tx.execute("DELETE FROM catalog_import WHERE id = \(id)") }
    }
}
