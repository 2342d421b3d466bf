import Core
import PlazaTesting
import Storage
import Testing

@testable import Market

/// Files that set stock and nothing else.
@Suite struct InventoryImportTests {
    private static let header =
        "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,SKU,Location,Incoming,Unavailable,Committed,"
        + "Available,On hand\n"

    @Test func stockIsSetByHandleAndOptionsAndTheJournalSaysSo() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.importText(CatalogFile.sample, into: shop)
            let before = try await plaza.catalog(shop)
            let run = try await plaza.importText(
                Self.header
                    + "bowl,Other title,Size,Small,,,B-S,Cellar,0,0,0,7,7\n"
                    + "bowl,Other title,Size,Large,,,B-L,Cellar,0,0,0,not stocked,not stocked\n"
                    + "mug,Mug,Title,Default Title,,,M,Cellar,0,0,0,20,20\n", into: shop)
            #expect(run.format == .inventory && run.updated == 2 && run.skipped == 0)
            var expected = before
            expected[0].variants[0].onHand = 7
            expected[1].variants[0].onHand = 20
            #expect(try await plaza.catalog(shop) == expected)
            #expect(
                try await plaza.number(
                    """
                    SELECT COUNT(*)
                    FROM stock_movement
                    WHERE reason = \(StockReason.imported.rawValue) AND subject_id = \(run.id) /* scan: test */
                    """) == 2)
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func placesAreAddedUpWhereverTheirRowsStand() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.importText(CatalogFile.sample, into: shop)
            let run = try await plaza.importText(
                Self.header
                    + "bowl,,Size,Small,,,,Cellar,,,0,,8\nmug,,Title,Default Title,,,,Cellar,,,0,,1\n"
                    + "bowl,,Size,Small,,,,Attic,,,2,,5\nmug,,Title,Default Title,,,,Attic,,,0,,not stocked\n",
                into: shop)
            #expect(run.updated == 2 && run.warned == 1)
            let catalog = try await plaza.catalog(shop)
            #expect(catalog[0].variants.map(\.onHand) == [13, 3] && catalog[1].variants.map(\.onHand) == [1])
            #expect(try await plaza.rows(run)[2].warnings.map(\.fault) == [.soldElsewhere])
        }
    }

    @Test func whatIsAvailableIsForSaleBesideWhatIsSold() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let product = try await plaza.product("Bowl", in: shop, stock: 10) { $0.handle = "bowl" }
            let variant = try await plaza.variant(of: product)
            try await plaza.take([SaleLine(variant, 4)], by: plaza.person())
            try await plaza.importText("Handle,Location,Available\nbowl,Cellar,3\n", into: shop)
            let stock = try await plaza.stock(of: variant)
            #expect(stock.onHand == 7 && stock.available == 3)
            let run = try await plaza.importText("Handle,Location,On hand\nbowl,Cellar,3\n", into: shop)
            #expect(try await plaza.report(run) == ["2 stock_reserved"])
        }
    }

    @Test func whatIsUnknownSkipsItsProductWhole() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.importText(CatalogFile.sample, into: shop)
            let before = try await plaza.catalog(shop)
            let run = try await plaza.importText(
                Self.header
                    + "bowl,,Size,Small,,,,Cellar,,,,,7\nbowl,,Size,Huge,,,,Cellar,,,,,7\nnone,,,,,,,Cellar,,,,,7\n"
                    + "mug,,,,,,,Cellar,,,,,many\n", into: shop)
            #expect(
                try await plaza.report(run) == [
                    "2 product_skipped", "3 unknown_variant", "4 unknown_product", "5 bad_quantity",
                ])
            #expect(run.skipped == 3)
            #expect(try await plaza.catalog(shop) == before)
        }
    }
}
