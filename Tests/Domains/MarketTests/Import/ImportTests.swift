import Core
import Foundation
import PlazaTesting
import Storage
import Testing

@testable import Market

@Suite struct ImportTests {
    @Test func productsComeWithTheirVariantsPicturesAndPricesToTheCent() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(CatalogFile.sample, into: shop)
            #expect(run.state == .done && run.created == 2 && run.rowsRead == 3)
            #expect(try await plaza.report(run) == ["2 created", "3 created", "4 created"])
            let catalog = try await plaza.catalog(shop)
            #expect(catalog.map(\.title) == ["Blue bowl", "Mug"])
            let bowl = catalog[0]
            #expect(bowl.options == ["Size"] && bowl.tags == ["blue", "clay"] && bowl.status == .active)
            #expect(bowl.pictures.map(\.alt) == ["A bowl", ""])
            #expect(bowl.variants.map(\.options) == [["Small"], ["Large"]])
            #expect(bowl.variants.map(\.price) == [1_999, 2_950])
            #expect(bowl.variants.map(\.compareAt) == [2_500, nil])
            #expect(bowl.variants.map(\.onHand) == [12, 3])
            #expect(bowl.variants.map(\.policy) == [.counted, .counted])
            #expect(catalog[1].options == [] && catalog[1].variants.map(\.policy) == [.untracked])
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func theSameFileAgainChangesNothing() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.importText(CatalogFile.sample, into: shop)
            let before = try await plaza.number("SELECT COUNT(*) FROM stock_movement /* scan: test */")
            let run = try await plaza.importText(CatalogFile.sample, into: shop)
            #expect(run.unchanged == 2 && run.created == 0 && run.updated == 0)
            #expect(try await plaza.report(run) == ["2 unchanged", "3 unchanged", "4 unchanged"])
            #expect(try await plaza.number("SELECT COUNT(*) FROM stock_movement /* scan: test */") == before)
        }
    }

    @Test func aChangedFileChangesWhatDiffersAndKeepsWhatItLacks() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.importText(CatalogFile.sample, into: shop)
            let run = try await plaza.importText(
                """
                Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Inventory Qty
                bowl,Bluer bowl,Size,Small,18,10
                bowl,,,Huge,99,1
                """, into: shop)
            #expect(run.updated == 1)
            let bowl = try await plaza.catalog(shop)[0]
            #expect(bowl.title == "Bluer bowl" && bowl.body == "<p>Thrown</p>" && bowl.pictures.count == 2)
            #expect(bowl.variants.map(\.options) == [["Small"], ["Large"], ["Huge"]])
            #expect(bowl.variants.map(\.price) == [1_800, 2_950, 9_900])
            #expect(bowl.variants.map(\.onHand) == [10, 3, 1])
            #expect(bowl.variants[0].sku == "B-S" && bowl.variants[0].compareAt == 2_500)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aDryRunReportsTheSameAndChangesNothing() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let dry = try await plaza.importText(CatalogFile.sample, into: shop, isDryRun: true)
            #expect(dry.created == 2)
            #expect(try await plaza.catalog(shop) == [])
            let wet = try await plaza.importText(CatalogFile.sample, into: shop)
            #expect(try await plaza.report(dry) == (try await plaza.report(wet)))
        }
    }

    @Test func whatIsExportedAndImportedIsTheSameCatalog() async throws {
        try await withMarket { plaza in
            let (shop, other) = (try await plaza.shop(), try await plaza.shop("other"))
            try await plaza.importText(CatalogFile.sample, into: shop)
            try await plaza.product("Quotes \"and\", commas", in: shop) { draft in
                draft.body = "a\r\nb, \"c\""
                draft.status = .draft
                draft.options = ["Colour", "Size"]
                draft.variants = [["Red", "S"], ["Red", "M"]].map { options in
                    var variant = VariantDraft(price: 5)
                    variant.options = options
                    variant.policy = .backorder
                    return variant
                }
            }
            let file = try await plaza.export(shop)
            try await plaza.importText(file, into: other)
            #expect(try await plaza.catalog(other) == (try await plaza.catalog(shop)))
            #expect(try await plaza.export(other) == file)
            let again = try await plaza.importText(file, into: shop)
            #expect(again.unchanged == 3 && again.updated == 0)
        }
    }

    @Test func anImportThatIsKilledAnywhereGoesOnWhereItWas() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let id = plaza.ids.next(CatalogImport.self)
            try await plaza.database.write { tx in
                _ = try plaza.market.beginImport(
                    id, bytes: 1, ImportOptions(), into: shop.id, by: shop.owner, in: tx)
            }
            let run = try await plaza.withFile(CatalogFile.many(1_300)) { path in
                try await plaza.statements.killingEverywhere {
                    _ = try await plaza.market.runImport(id, path: path)
                }
                return try await plaza.market.runImport(id, path: path)
            }
            #expect(run.state == .done && run.created == 1_300 && run.rowsRead == 1_300)
            #expect(try await plaza.number("SELECT COUNT(*) FROM product /* scan: test */") == 1_300)
            #expect(try await plaza.number("SELECT COUNT(*) FROM catalog_import_row /* scan: test */") == 1_300)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func whatIsSoldIsNotImportedAway() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.importText(CatalogFile.sample, into: shop)
            let small = try await plaza.database.read { db in
                try db.first("SELECT id FROM variant WHERE sku = 'B-S' /* scan: test */") { $0.id(0, Variant.self) }
            }
            try await plaza.take([SaleLine(try #require(small), 5)], by: plaza.person())
            let fewer = CatalogFile.sample.replacing("shopify,12,", with: "shopify,4,")
            let run = try await plaza.importText(fewer, into: shop)
            #expect(run.skipped == 1)
            #expect(try await plaza.report(run) == ["2 stock_reserved", "3 product_skipped", "4 unchanged"])
        }
    }

    /// The files of Shopify's own, where they are at hand.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["PLAZA_SHOPIFY_DIR"] != nil))
    func realFilesImportWholeAndComeBack() async throws {
        let directory = try #require(ProcessInfo.processInfo.environment["PLAZA_SHOPIFY_DIR"])
        try await withMarket { plaza in
            let (shop, other) = (try await plaza.shop(), try await plaza.shop("other"))
            for name in ["apparel", "home-and-garden", "jewelery"] {
                let run = try await plaza.market.importFile(
                    "\(directory)/\(name).csv", ImportOptions(), into: shop
                ) { _ in }
                #expect(run.created == 20 && run.skipped == 0)
            }
            let catalog = try await plaza.catalog(shop)
            #expect(catalog.count == 60)
            let bracelet = try #require(catalog.first { $0.handle == "leather-anchor" })
            #expect(bracelet.variants.map(\.price) == [6_999, 5_500])
            #expect(bracelet.variants.map(\.compareAt) == [8_500, 8_500])
            try await plaza.importText(try await plaza.export(shop), into: other)
            #expect(try await plaza.catalog(other) == catalog)
            #expect(try await plaza.findings() == [])
        }
    }
}

extension CatalogFile {
    /// A product a row.
    static func many(_ count: Int) -> String {
        (["Handle,Title,Variant Price"] + (0..<count).map { "p\($0),Product \($0),\($0 % 90).99" }).joined(
            separator: "\n")
    }
}
