import Core
import PlazaTesting
import Storage
import Testing

@testable import Market

/// A product is taken whole or not at all, with all its rows.
@Suite struct WholeProductTests {
    private static let header = "Handle,Title,Option1 Name,Option1 Value,Variant Price,Image Src\n"

    @Test func rowsBelongToTheirProductWhereverTheyStand() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(
                Self.header
                    + "a,,,L,7,\na,A,Size,S,5,\nb,B,,,9,\na,,,M,6,\nc,C,,,1,\na,,,,,https://a.example/1.jpg\nd,D,,,2,\n",
                into: shop)
            #expect(run.created == 4 && run.skipped == 0 && run.rowsRead == 7)
            let catalog = try await plaza.catalog(shop)
            #expect(catalog.map(\.title) == ["A", "B", "C", "D"])
            #expect(catalog[0].variants.map(\.options) == [["L"], ["S"], ["M"]])
            #expect(catalog[0].pictures.map(\.url) == ["https://a.example/1.jpg"])
            #expect(try await plaza.report(run) == (2...8).map { "\($0) created" })
        }
    }

    @Test func aFaultyRowFarBelowTakesItsProductAlong() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(
                Self.header + "a,A,Size,S,5,\nb,B,,,9,\na,,,M,nine,\n", into: shop)
            #expect(run.created == 1 && run.skipped == 1)
            #expect(try await plaza.report(run) == ["2 product_skipped", "3 created", "4 bad_price"])
            let rows = try await plaza.rows(run)
            #expect(rows[2].finding == CatalogFinding(.badPrice, column: "Variant Price", value: "nine"))
            #expect(rows[2].finding?.explanation.isEmpty == false)
        }
    }

    @Test func anUpdateIsWholeTooOrNotAtAll() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.importText(Self.header + "a,A,Size,S,5,\na,,,M,6,\n", into: shop)
            let before = try await plaza.catalog(shop)
            let run = try await plaza.importText(Self.header + "a,New,Size,S,7,\nb,B,,,1,\na,,,M\n", into: shop)
            #expect(run.skipped == 1 && run.updated == 0 && run.created == 1)
            #expect(try await plaza.catalog(shop).first == before.first)
        }
    }

    @Test func anImportOfScatteredRowsThatIsKilledAnywhereGoesOnWhereItWas() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let id = plaza.ids.next(CatalogImport.self)
            try await plaza.database.write { tx in
                _ = try plaza.market.beginImport(
                    id, bytes: 1, ImportOptions(), into: shop.id, by: shop.owner, in: tx)
            }
            let first = (0..<700).map { "p\($0),P \($0),Size,S,5," }
            let second = (0..<700).map { "p\($0),,,M,6," }
            let run = try await plaza.withFile(Self.header + (first + second).joined(separator: "\n")) { path in
                try await plaza.statements.killingEverywhere {
                    _ = try await plaza.market.runImport(id, path: path)
                }
                return try await plaza.market.runImport(id, path: path)
            }
            #expect(run.state == .done && run.created == 700 && run.skipped == 0 && run.rowsRead == 1_400)
            #expect(try await plaza.number("SELECT COUNT(*) FROM variant /* scan: test */") == 1_400)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aProductOfTooManyRowsIsRefusedWithoutHoldingThem() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let rows = ["a,A,Size,v,5,"] + (0..<9_300).map { "a,,,v\($0),5," } + ["b,B,,,1,"]
            let run = try await plaza.importText(Self.header + rows.joined(separator: "\n"), into: shop)
            #expect(run.created == 1 && run.state == .done)
            #expect(try await plaza.catalog(shop).map(\.title) == ["B"])
            #expect(try await plaza.market.skippedRows(of: run.id, limit: 1).map(\.fault) != [nil])
        }
    }
}

/// What keeps nobody from selling is a warning.
@Suite struct ImportWarningTests {
    private func one(_ header: String, _ row: String, in plaza: MarketFixture) async throws -> (
        product: ProductDraft, rows: [ImportedRow]
    ) {
        let shop = try await plaza.shop()
        let run = try await plaza.importText("Handle,Title,Variant Price,\(header)\na,A,5,\(row)\n", into: shop)
        #expect(run.created == 1 && run.skipped == 0)
        return (try #require(try await plaza.catalog(shop).first), try await plaza.rows(run))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let header: String
        let row: String
        let warnings: [String]
        var testDescription: String { "\(header): \(warnings)" }
    }

    static let cases = [
        Case(header: "Variant Grams", row: "heavy", warnings: ["bad_weight Variant Grams heavy"]),
        Case(header: "Variant Weight Unit", row: "stone", warnings: ["bad_weight Variant Weight Unit stone"]),
        Case(header: "Variant Weight Unit", row: "lbs", warnings: []),
        Case(
            header: "Image Src", row: "ftp://a.example/1.jpg", warnings: ["bad_picture Image Src ftp://a.example/1.jpg"]
        ),
        Case(header: "SEO Title", row: "\(String(repeating: "x", count: 5_000))", warnings: []),
        Case(header: "Vendor", row: "a\u{7}b", warnings: ["text_cleaned Vendor a\u{7}b"]),
    ]

    @Test(arguments: cases) func theProductIsTakenAndTheValueNamed(_ example: Case) async throws {
        try await withMarket { plaza in
            let (_, rows) = try await one(example.header, example.row, in: plaza)
            #expect(
                rows[0].warnings.map { "\($0.fault.rawValue) \($0.column) \($0.value)" } == example.warnings)
            #expect(rows[0].outcome == .created && rows[0].warnings.allSatisfy(\.fault.isWarning))
        }
    }

    @Test func whatIsTooLongIsCut() async throws {
        try await withMarket { plaza in
            let long = String(repeating: "é", count: CatalogLimits.bodyLengthMax + 1)
            let (product, rows) = try await one(
                "Body (HTML),Image Src,Image Alt Text",
                "\(long),https://a.example/1.jpg,\(String(repeating: "y", count: 600))", in: plaza)
            #expect(product.body.unicodeScalars.count == CatalogLimits.bodyLengthMax)
            #expect(product.pictures.map(\.alt.count) == [CatalogLimits.altLengthMax])
            #expect(rows[0].warnings.map(\.fault) == [.textCut, .textCut])
            #expect(rows[0].warnings.map(\.column) == ["Body (HTML)", "Image Alt Text"])
        }
    }

    @Test func textIsCleanedOfWhatTheAPIRefuses() async throws {
        try await withMarket { plaza in
            let (product, _) = try await one(
                "Vendor,Tags,Body (HTML)", "R&amp;D \u{202E}Kiln,\"a\u{0}b, c\",\"x\ny\u{1}\"", in: plaza)
            #expect(product.vendor == "R&D Kiln" && product.tags == ["ab", "c"] && product.body == "x\ny")
        }
    }

    @Test func warningsAreCountedByProducts() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(
                "Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Grams\n"
                    + "a,A,Size,S,5,x\na,,,M,5,y\nb,B,,,5,1\n", into: shop)
            #expect(run.created == 2 && run.warned == 1)
            #expect(try await plaza.market.remarkableRows(of: run.id, limit: 9).map(\.line) == [2, 3])
        }
    }
}
