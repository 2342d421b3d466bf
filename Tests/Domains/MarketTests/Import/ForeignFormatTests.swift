import Core
import PlazaTesting
import Storage
import Testing

@testable import Market

/// Files of other shops' programs.
@Suite struct ForeignFormatTests {
    private static let wooHeader =
        "ID,Type,SKU,Name,Published,Visibility in catalog,Short description,Description,In stock?,Stock,"
        + "Backorders allowed?,Weight (lbs),Sale price,Regular price,Categories,Tags,Images,Parent,Attribute 1 name,"
        + "Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s),Meta: x\n"

    @Test func aFileOfWooCommerceBringsSimpleAndVariableProducts() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(
                Self.wooHeader
                    + "7,variable,JAR,Salt &amp; Jar,1,visible,,<p>Clay</p>,1,,0,,,,Kitchen > Jars,\"clay, blue\","
                    + "\"https://a.example/1.jpg, https://a.example/2.jpg\",,Glaze,\"Matt, Shiny\",Made in,Ulm,\n"
                    + "8,variation,JAR-M,Salt Jar - Matt,1,visible,,,1,4,0,1,,19.5,,,https://a.example/m.jpg,JAR,Glaze,Matt,,,\n"
                    + "10,simple,,Hook,1,hidden,Short,,1,,0,0.5,3,4.5,,,,,,,,,\n"
                    + "9,variation,JAR-S,Salt Jar - Shiny,1,visible,,,0,0,1,,,21,,,,JAR,Glaze,Shiny,,,\n"
                    + "11,simple,,Hook,-1,visible,,,0,,0,,,9,,,,,,,,,\n"
                    + "12,external,,Link,1,visible,,,1,,0,,,9,,,,,,,,,\n", into: shop)
            #expect(run.format == .woocommerce && run.created == 3 && run.skipped == 1)
            #expect(run.notes == [.init(.columnPassedOver, "Meta: x")])
            let catalog = try await plaza.catalog(shop)
            #expect(catalog.map(\.handle) == ["hook", "hook-2", "salt-jar"])
            let jar = catalog[2]
            #expect(jar.title == "Salt & Jar" && jar.type == "Jars" && jar.tags == ["clay", "blue"])
            #expect(jar.options == ["Glaze"] && jar.variants.map(\.options) == [["Matt"], ["Shiny"]])
            #expect(jar.variants.map(\.price) == [1_950, 2_100] && jar.variants.map(\.onHand) == [4, 0])
            #expect(jar.variants.map(\.policy) == [.counted, .backorder])
            #expect(jar.variants[0].grams == 454 && jar.variants[0].gramsExact == "453.59237")
            #expect(jar.variants[0].picture == "https://a.example/m.jpg" && jar.pictures.count == 2)
            #expect(catalog[0].status == .unlisted && catalog[0].body == "Short")
            #expect(catalog[0].variants.map(\.price) == [300] && catalog[0].variants.map(\.compareAt) == [450])
            #expect(catalog[0].variants.map(\.policy) == [.untracked] && catalog[1].status == .draft)
            #expect(try await plaza.rows(run).compactMap(\.fault) == [.unsupportedType])
            #expect(try await plaza.findings() == [])
        }
    }

    @Test func aVariationWithoutAPriceTakesItsProductAlong() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(
                Self.wooHeader + "7,variable,JAR,Jar,1,visible,,,1,,0,,,,,,,,Glaze,\"Matt, Shiny\",,,\n"
                    + "8,variation,,Jar,1,visible,,,1,,0,,,19.5,,,,JAR,Glaze,Matt,,,\n"
                    + "9,variation,,Jar,1,visible,,,1,,0,,,,,,,JAR,Glaze,Shiny,,,\n", into: shop)
            #expect(run.created == 0 && run.skipped == 1)
            #expect(try await plaza.report(run) == ["2 product_skipped", "3 product_skipped", "4 bad_price"])
        }
    }

    private static let etsyHeader =
        "TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,IMAGE1,IMAGE2,VARIATION 1 TYPE,VARIATION 1 NAME,"
        + "VARIATION 1 VALUES,VARIATION 2 TYPE,VARIATION 2 NAME,VARIATION 2 VALUES,SKU\n"

    @Test func aFileOfEtsyBringsListingsWithTheirVariations() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(
                Self.etsyHeader
                    + "Ring &quot;Moon&quot;,\"One < two\nlines\",12.5,EUR,3,\"thin_ring,moon\",silver,"
                    + "https://a.example/1.jpg,https://a.example/2.jpg,,,,,,,R-1\n"
                    + "Scarf,Wool,40,EUR,6,,,,,x,Colour,\"Red,Blue\",y,Size,\"S,M\",\"A,B,C,D\"\n"
                    + "Hat,Felt,40,USD,6,,,,,,,,,,,\n", into: shop)
            #expect(run.format == .etsy && run.created == 2 && run.skipped == 1 && run.warned == 1)
            let catalog = try await plaza.catalog(shop)
            #expect(catalog[0].title == "Ring \"Moon\"" && catalog[0].body == "One &lt; two<br>\nlines")
            #expect(catalog[0].tags == ["thin ring", "moon", "silver"] && catalog[0].pictures.count == 2)
            #expect(catalog[0].variants.map(\.onHand) == [3] && catalog[0].variants.map(\.sku) == ["R-1"])
            #expect(catalog[1].options == ["Colour", "Size"])
            #expect(
                catalog[1].variants.map(\.options) == [["Red", "S"], ["Red", "M"], ["Blue", "S"], ["Blue", "M"]])
            #expect(catalog[1].variants.map(\.sku) == ["A", "B", "C", "D"])
            #expect(catalog[1].variants.map(\.onHand) == [0, 0, 0, 0])
            #expect(try await plaza.report(run).last == "5 wrong_currency")
        }
    }

    @Test func theSameForeignFileAgainChangesNothing() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let file = Self.etsyHeader + "Ring,One,12.5,EUR,3,,,,,,,,,,,R-1\nRing,Two,13.5,EUR,3,,,,,,,,,,,R-2\n"
            let first = try await plaza.importText(file, into: shop)
            #expect(first.created == 2)
            #expect(try await plaza.importText(file, into: shop).unchanged == 2)
            #expect(try await plaza.catalog(shop).map(\.handle) == ["ring", "ring-2"])
        }
    }

    @Test func aFormatThatIsToldMustFit() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            var options = ImportOptions()
            options.format = .etsy
            let wanted = options
            await #expect(throws: UnreadableCatalog.self) {
                try await plaza.withFile(CatalogFile.sample) {
                    try await plaza.market.importFile($0, wanted, into: shop) { _ in }
                }
            }
        }
    }
}
