import Core
import PlazaTesting
import Storage
import Testing

@testable import Market

/// Headers, encodings and formats as real files have them.
@Suite struct ImportedFileTests {
    @Test func aColumnThatNobodyReadsMayStandTwiceAndIsNamedOnce() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(
                "Handle,Title,Variant Price,SEO Title,,Extra,Extra,\na,A,5,s,,1,2,\n", into: shop)
            #expect(run.created == 1 && run.format == .shopify)
            #expect(run.notes == [.init(.columnPassedOver, "SEO Title"), .init(.columnPassedOver, "Extra")])
        }
    }

    @Test func aHeaderBelowTheFirstLineIsFoundAndSaid() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(
                "Products of the Kiln\nexported on Friday,by Ann\n\nHandle,Title,Variant Price\na,A,5\nb,B,x\n",
                into: shop)
            #expect(run.notes == [.init(.headerBelow, "4")])
            #expect(try await plaza.report(run) == ["5 created", "6 bad_price"])
        }
    }

    @Test(arguments: [
        (["Handle", "TITLE", "Variant price"], true), (["url_handle", " title ", "PRICE"], true),
        (["Product handle", "Product Title", "variant-price"], true), (["Handle", "Title", "Cost"], false),
    ])
    func headersAreFoundByTheirSpellings(names: [String], isShopify: Bool) {
        #expect((CatalogFormat(CatalogHeader(names)) == .shopify) == isShopify)
    }

    @Test func aFileOfAMacIsReadAndItsEncodingNamed() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bytes =
                Array("Handle,Title,Option1 Name,Option1 Value,Variant Price\nwig,Caf".utf8) + [0x8E]
                + Array(" wig,Colour,1,30\nwig,,,2,30\nwig,,,4,31\n".utf8)
            let run = try await plaza.importBytes(bytes, into: shop)
            #expect(run.created == 1 && run.notes == [.init(.encodingRead, "MacRoman")])
            let wig = try #require(try await plaza.catalog(shop).first)
            #expect(wig.title == "Café wig" && wig.variants.count == 3)
        }
    }

    @Test(arguments: [("windows", ";"), ("utf16", "\t")])
    func excelsOtherFilesAreRead(encoding: String, separator: String) async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let text = "Handle,Title,Variant Price\ngruen,Grün für Café,\"12,50\"\n"
                .replacing("\"12,50\"", with: "12#50").replacing(",", with: separator).replacing("#", with: ",")
            let units = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            let bytes: [UInt8] =
                encoding == "utf16" ? [0xFF, 0xFE] + units : text.unicodeScalars.map { UInt8($0.value) }
            let run = try await plaza.importBytes(bytes, into: shop)
            #expect(run.created == 1)
            #expect(run.notes.map(\.kind) == [.encodingRead, .separatorRead])
            let product = try #require(try await plaza.catalog(shop).first)
            #expect(product.title == "Grün für Café" && product.variants.map(\.price) == [1_250])
            #expect(run.bytesDone == Int64(bytes.count))
        }
    }

    @Test func statusesAreReadInAnyCase() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.importText(
                "Handle,Title,Published,Variant Price,Status\na,A,true,5,Unlisted\nb,B,true,5,ACTIVE\nc,C,TRUE,5,\n",
                into: shop)
            #expect(try await plaza.catalog(shop).map(\.status) == [.unlisted, .active, .active])
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func anExportGivesWeightsAndStatusesBackInBothSetsOfColumns() async throws {
        try await withMarket { plaza in
            let (shop, other) = (try await plaza.shop(), try await plaza.shop("other"))
            try await plaza.importText(
                CatalogFile.sample.replacing(",640,", with: ",226.796185,").replacing(",300,", with: ",8.5048569375,"),
                into: shop)
            try await plaza.product("Secret", in: shop) { $0.status = .unlisted }
            var bytes: [UInt8] = []
            _ = try await plaza.market.exportCatalog(of: shop.id, columns: .of2025) { bytes += $0 }
            let file = String(decoding: bytes, as: UTF8.self)
            #expect(
                file.hasPrefix(
                    "URL handle,Title,Description,Vendor,Type,Tags,Published on online store,Option1 name,Option1 value,"
                ))
            #expect(file.contains(",Inventory quantity,") && file.contains(",Weight value (grams),"))
            #expect(file.contains(",226.796185,") && file.contains(",8.5048569375,") && file.contains("unlisted"))
            let run = try await plaza.importText(file, into: other)
            #expect(run.created == 3 && run.warned == 0)
            #expect(try await plaza.catalog(other) == (try await plaza.catalog(shop)))
            #expect(try await plaza.export(other) == (try await plaza.export(shop)))
        }
    }

    @Test func aFileOlderThanTheLastSaleIsRefusedUnlessStockIsSpokenOf() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            try await plaza.importText(CatalogFile.sample, into: shop)
            let writtenAt = plaza.clock.now
            plaza.clock.advance(seconds: 60)
            let bowl = try await plaza.database.read { db in
                try db.first("SELECT id FROM variant WHERE sku = 'B-S' /* scan: test */") { $0.id(0, Variant.self) }
            }
            try await plaza.buy([SaleLine(try #require(bowl), 5)], by: plaza.person())
            var options = ImportOptions(isDryRun: true)
            options.writtenAt = writtenAt
            await #expect(throws: MarketError.self) { try await plaza.market.requireFresh(options, shop.id) }
            let stale = options
            let tried = try await plaza.withFile(CatalogFile.sample) {
                try await plaza.market.importFile($0, stale, into: shop) { _ in }
            }
            #expect(tried.notes.map(\.kind) == [.olderThanLastSale])
            options.isDryRun = false
            options.keepsStock = true
            let fewer = CatalogFile.sample.replacing("shopify,12,", with: "shopify,99,")
            let keeping = options
            let kept = try await plaza.withFile(fewer) {
                try await plaza.market.importFile($0, keeping, into: shop) { _ in }
            }
            #expect(kept.notes.isEmpty && kept.unchanged == 2)
            options.writtenAt = plaza.clock.now
            try await plaza.market.requireFresh(options, shop.id)
        }
    }
}
