import Core
import HTTP
import HTTPTypes
import Jobs
import Storage

extension MarketService {
    var importRoutes: [Route] {
        [
            Route(
                .post, "/v1/shops/{shop}/imports", "Import a file of products", tag: "imports",
                access: .session,
                query: [
                    .init("dry_run", .boolean, "Only report what would be done."),
                    .init(
                        "format", .choice(CatalogFormat.allCases.map(\.rawValue)),
                        "Guessed from the header unless told."),
                    .init(
                        "written_at", .time,
                        "When the file was written. One that is older than the shop's last sale would bring back what "
                            + "was sold: it is refused unless `stock` is given."),
                    .init(
                        "stock", .choice(["set", "keep"]),
                        "Whether quantities of variants that are there are set, as they are unless told, or stay."),
                ],
                upload: .init(
                    "text/csv",
                    "A product CSV of Shopify, WooCommerce or Etsy, or Shopify's inventory CSV, in any usual encoding. "
                        + "It is kept until a job has applied it.",
                    bytesMax: ImportSpool.bytesMax),
                answers: [
                    .init(
                        .accepted, "The file has arrived; see the import for how far it is",
                        MarketShapes.catalogImport, example: MarketShapes.importExample),
                    .problem(.notFound, "shop_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.conflict, "import_running"), .problem(.conflict, "file_older_than_last_sale"),
                ],
                // A large file over a slow line.
                statementsMax: 14, deadlineSeconds: 3_600
            ) { request in
                guard let upload = request.upload else { throw MarketError.importNotFound }
                let run = try await accept(
                    upload, request.importOptions, insists: request.queryValue("stock") != nil,
                    into: try await shopID(request), by: try request.caller().account)
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
        _ upload: UploadStream, _ options: ImportOptions, insists: Bool, into shop: ID<Shop>, by account: ID<Account>
    ) async throws -> CatalogImport {
        // Asked before the file is read, and once more when it is there.
        try await database.read { db in try requireImporter(account, in: shop, db) }
        if !insists, !options.isDryRun { try await requireFresh(options, shop) }
        let id = ids.next(CatalogImport.self)
        let bytes = try await spool.write(upload, for: id)
        do {
            return try await database.write { tx in
                let run = try beginImport(id, bytes: bytes, options, into: shop, by: account, in: tx)
                try jobs.enqueue(ImportCatalog(id: id), uniqueKey: "market.import:\(id)", in: tx)
                return run
            }
        } catch {
            spool.remove(id)
            throw error
        }
    }
}

extension RouteRequest {
    fileprivate var importOptions: ImportOptions {
        var options = ImportOptions(isDryRun: queryValue("dry_run") == "true")
        options.format = queryValue("format").flatMap { CatalogFormat(rawValue: $0) }
        options.writtenAt = queryValue("written_at").flatMap { Timestamp($0) }
        options.keepsStock = queryValue("stock") == "keep"
        return options
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
            json.member("warned", warned)
        }
        json.member("created_at", id.createdAt)
        json.member("finished_at", finishedAt)
        json.member("format", format?.rawValue)
        json.name("notes")
        json.array(notes) { json, note in
            json.object { json in
                json.member("code", note.kind.rawValue)
                json.member("value", note.value)
                json.member("reason", note.kind.explanation)
            }
        }
    }
}

extension ImportedRow {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("line", line)
            json.member("outcome", outcome.name)
            json.member("handle", handle)
            json.member("code", fault?.rawValue)
            json.member("column", finding.flatMap { $0.column.isEmpty ? nil : $0.column })
            json.member("value", finding?.value)
            json.member("reason", finding?.explanation)
            json.name("warnings")
            json.array(warnings) { json, warning in
                json.object { json in
                    json.member("code", warning.fault.rawValue)
                    json.member("column", warning.column.isEmpty ? nil : warning.column)
                    json.member("value", warning.value)
                    json.member("reason", warning.explanation)
                }
            }
        }
    }
}
