import Core
import HTTP
import HTTPTypes
import Jobs
import Storage

extension MarketService {
    var importRoutes: [Route] {
        [
            Route(
                .post, "/v1/shops/{shop}/imports", "Import a Shopify file of products", tag: "imports",
                access: .session,
                query: [.init("dry_run", .boolean, "Only report what would be done.")],
                upload: .init(
                    "text/csv", "Shopify's product CSV. It is kept until a job has applied it.",
                    bytesMax: ImportSpool.bytesMax),
                answers: [
                    .init(
                        .accepted, "The file has arrived; see the import for how far it is",
                        MarketShapes.catalogImport, example: MarketShapes.importExample),
                    .problem(.notFound, "shop_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.conflict, "import_running"),
                ],
                // A large file over a slow line.
                statementsMax: 14, deadlineSeconds: 3_600
            ) { request in
                guard let upload = request.upload else { throw MarketError.importNotFound }
                let run = try await accept(
                    upload, isDryRun: request.queryValue("dry_run") == "true", into: try await shopID(request),
                    by: try request.caller().account)
                return .object(status: .accepted) { json in run.members(to: &json) }
            },
            Route(
                .get, "/v1/shops/{shop}/imports", "A shop's imports, newest first", tag: "imports", access: .session,
                query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of imports", .page(of: MarketShapes.catalogImport),
                        example: MarketShapes.page(of: MarketShapes.importExample)),
                    .problem(.notFound, "shop_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.badRequest, "invalid_cursor"),
                ], statementsMax: 3
            ) { request in
                let page = try await imports(
                    of: try await shopID(request), cursor: request.cursor, limit: request.limit,
                    viewer: try request.caller().account)
                return .page(page.items, next: page.next) { json, run in
                    json.object { json in run.members(to: &json) }
                }
            },
            Route(
                .get, "/v1/shops/{shop}/imports/{import}", "How far an import is, and what became of each row",
                tag: "imports", access: .session,
                query: [.init("skipped", .boolean, "Only rows that were not taken.")] + Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "The import", MarketShapes.importReport,
                        example: MarketShapes.extended(
                            MarketShapes.importExample, "report", ["items": [], "next": nil])),
                    .problem(.notFound, "shop_not_found"), .problem(.notFound, "import_not_found"),
                    .problem(.forbidden, "shop_role_required"), .problem(.badRequest, "invalid_cursor"),
                ], statementsMax: 4
            ) { request in
                let (run, rows) = try await report(
                    on: try request.id("import"), of: try await shopID(request),
                    onlySkipped: request.queryValue("skipped") == "true", cursor: request.cursor,
                    limit: request.limit, viewer: try request.caller().account)
                return .object { json in
                    run.members(to: &json)
                    json.name("report")
                    json.object { json in
                        json.name("items")
                        json.array(rows.items) { json, row in row.write(to: &json) }
                        json.member("next", rows.next)
                    }
                }
            },
        ]
    }

    /// Keeps the file and has a job apply it. The file is on disk before its import is in the database.
    private func accept(
        _ upload: UploadStream, isDryRun: Bool, into shop: ID<Shop>, by account: ID<Account>
    ) async throws -> CatalogImport {
        // Asked before the file is read, and once more when it is there.
        try await database.read { db in try requireImporter(account, in: shop, db) }
        let id = ids.next(CatalogImport.self)
        let bytes = try await spool.write(upload, for: id)
        do {
            return try await database.write { tx in
                let run = try beginImport(id, bytes: bytes, isDryRun: isDryRun, into: shop, by: account, in: tx)
                try jobs.enqueue(ImportCatalog(id: id), uniqueKey: "market.import:\(id)", in: tx)
                return run
            }
        } catch {
            spool.remove(id)
            throw error
        }
    }
}

extension CatalogImport {
    fileprivate func members(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("shop", shop)
        json.member("account", account)
        json.member("is_dry_run", isDryRun)
        json.member("state", state.name)
        json.member("failure", failure)
        json.member("bytes", bytes)
        json.member("bytes_done", bytesDone)
        json.member("rows", rowsRead)
        json.name("products")
        json.object { json in
            json.member("created", created)
            json.member("updated", updated)
            json.member("unchanged", unchanged)
            json.member("skipped", skipped)
        }
        json.member("created_at", id.createdAt)
        json.member("finished_at", finishedAt)
    }
}

extension ImportedRow {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("line", line)
            json.member("outcome", outcome.name)
            json.member("handle", handle)
            json.member("code", fault?.rawValue)
            json.member("reason", fault?.explanation)
        }
    }
}
