import Core
import Foundation
import Storage

@testable import Market

/// A file of products, written row by row.
struct CatalogFile {
    static let header =
        "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
        + "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
        + "Variant Compare At Price,Image Src,Image Position,Image Alt Text,Variant Weight Unit"

    /// Two products, of which the first has two variants and two pictures.
    static let rows = [
        "bowl,Blue bowl,<p>Thrown</p>,Kiln,Bowls,\"blue, clay\",true,Size,Small,B-S,640,shopify,12,deny,19.99,25,"
            + "https://cdn.example/1.jpg,1,A bowl,g",
        "bowl,,,,,,,,Large,B-L,900,shopify,3,deny,29.5,,https://cdn.example/2.jpg,2,,g",
        "mug,Mug,,Kiln,Mugs,,true,Title,Default Title,M,300,,0,deny,9,,,,,kg",
    ]

    static let sample = ([header] + rows).joined(separator: "\n") + "\n"
}

extension MarketFixture {
    /// Imports a text as a file.
    @discardableResult
    func importText(_ text: String, into shop: ShopProfile, isDryRun: Bool = false) async throws -> CatalogImport {
        try await importBytes(Array(text.utf8), into: shop, isDryRun: isDryRun)
    }

    @discardableResult
    func importBytes(_ bytes: [UInt8], into shop: ShopProfile, isDryRun: Bool = false) async throws -> CatalogImport {
        try await withFile(bytes) {
            try await market.importFile($0, ImportOptions(isDryRun: isDryRun), into: shop) { _ in }
        }
    }

    func withFile<Value>(_ text: String, _ body: (String) async throws -> Value) async throws -> Value {
        try await withFile(Array(text.utf8), body)
    }

    func withFile<Value>(_ bytes: [UInt8], _ body: (String) async throws -> Value) async throws -> Value {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "catalog-\(UInt64.random(in: 0 ... .max)).csv").path
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    func export(_ shop: ShopProfile) async throws -> String {
        var bytes: [UInt8] = []
        _ = try await market.exportCatalog(of: shop.id) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The shop's whole catalog, in the order of its handles.
    func catalog(_ shop: ShopProfile) async throws -> [ProductDraft] {
        try await database.read { db in
            let products = try db.rows(
                """
                SELECT \(unsafeRaw: StoredProduct.columns)
                FROM product
                WHERE shop_id = \(shop.id)
                ORDER BY handle
                """
            ) { try StoredProduct($0) }
            return try market.withVariants(products, in: db).map(\.draft)
        }
    }

    /// What became of the rows of an import: the line and its outcome or fault.
    func report(_ run: CatalogImport) async throws -> [String] {
        try await rows(run).map { "\($0.line) \($0.fault?.rawValue ?? $0.outcome.name)" }
    }

    func rows(_ run: CatalogImport) async throws -> [ImportedRow] {
        try await market.report(
            on: run.id, of: run.shop, onlySkipped: false, cursor: nil, limit: 100, viewer: run.account
        ).rows.items
    }
}
