import Core
import Storage
import Testing

@testable import Market

/// What real files write in more ways than one.
@Suite struct WrittenValueTests {
    @Test(arguments: [
        ("12.50", "12.5"), ("12,50", "12.5"), ("989,5", "989.5"), ("$19.90", "19.9"), ("19.90 €", "19.9"),
        ("1,299.00", "1299"), ("1.299,50", "1299.5"), ("1,234,567", "1234567"), ("19.900", "19.9"),
        ("1980.00", "1980"), (" 5 ", "5"), ("1,299", nil), ("1,29,900", nil), ("1.2.3", nil), ("1,2,3", nil),
    ])
    func aPriceIsReadWhereItCanBeReadInOneWay(text: String, price: String?) {
        #expect(text.decimalPrice() == price)
    }

    @Test(arguments: [
        ("'4006381333931", "4006381333931"), ("'00417", "00417"), ("'tis rope", "'tis rope"), ("'", "'"), ("12", "12"),
    ])
    func anApostropheBeforeDigitsIsAShield(text: String, value: String) {
        #expect(text.unshielded == value)
    }

    @Test func headersArePaddedInAnyCaseAndColumnsMayBeEmpty() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(
                "HANDLE  ,title   ,Variant price,Variant Inventory Qty ,,\nlamp ,Desk lamp ,49.00 ,4 ,,\n,,,,,\n",
                into: shop)
            #expect(run.created == 1 && run.skipped == 0)
            let lamp = try #require(try await plaza.catalog(shop).first)
            #expect(lamp.title == "Desk lamp" && lamp.handle == "lamp")
            #expect(lamp.variants.map(\.price) == [4_900] && lamp.variants.map(\.onHand) == [4])
        }
    }

    @Test func theColumnsOf2025AreRead() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(
                """
                Title,URL handle,Description,SKU,Barcode,Option1 name,Option1 value,Price,Compare-at price,\
                Inventory tracker,Inventory quantity,Continue selling when out of stock,Weight value (grams),\
                Weight unit for display,Product image URL,Status
                Jug,jug,<p>Clay</p>,J-1,'0042,Size,S,"12,50",15,shopify,3,CONTINUE,226.796185,oz,https://a.example/j.jpg,Active
                ,jug,,J-2,,,M,14.00,,shopify,2,DENY,453.59237,lbs,,

                """, into: shop)
            #expect(run.created == 1 && run.skipped == 0)
            let jug = try #require(try await plaza.catalog(shop).first)
            #expect(jug.body == "<p>Clay</p>" && jug.pictures.map(\.url) == ["https://a.example/j.jpg"])
            #expect(jug.variants.map(\.price) == [1_250, 1_400] && jug.variants.map(\.sku) == ["J-1", "J-2"])
            #expect(
                jug.variants.map(\.barcode) == ["0042", ""] && jug.variants.map(\.grams) == [227, 454]
                    && jug.variants[0].gramsExact == "226.796185")
            #expect(jug.variants.map(\.policy) == [.backorder, .counted] && jug.variants.map(\.onHand) == [3, 2])
        }
    }

    @Test(arguments: [("1,299", ("1299", "1.299")), ("9,500 €", ("9500", "9.500"))])
    func aDoubtfulPriceIsRefusedWithBothReadings(text: String, readings: (String, String)) throws {
        let explanation = CatalogFault.badPrice.explanation(of: text)
        #expect(explanation.contains(readings.0) && explanation.contains(" \(readings.1):"))
    }

    @Test func inAFileOfDecimalCommasAPointIsBetweenThousands() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let text = "Handle,Title,Variant Price\na,A,\"16,50\"\nb,B,1.299\n"
            try await plaza.importText(text, into: shop)
            #expect(try await plaza.catalog(shop).map { $0.variants[0].price } == [1_650, 129_900])
            // Elsewhere it has too many digits after its point.
            let run = try await plaza.importText("Handle,Title,Variant Price\nc,C,16.50\nd,D,1.299\n", into: shop)
            #expect(try await plaza.report(run) == ["2 created", "3 bad_price"])
        }
    }

    @Test(arguments: [
        ("a &amp; b", "a & b"), ("&lt;b&gt; &#39;x&#x27; &quot;y&quot;", "<b> 'x' \"y\""), ("AT&T; R&D", "AT&T; R&D"),
        ("&unknown; &#0; &", "&unknown; &#0; &"), ("a&nbsp;b", "a b"),
    ])
    func entitiesAreTheirCharacters(text: String, value: String) {
        #expect(text.withoutEntities == value)
    }

    @Test(arguments: [
        ("https://a.example/1.jpg", ["https://a.example/1.jpg"]), ("//a.example/1.jpg", ["https://a.example/1.jpg"]),
        ("https://a.example/1.jpg, https://a.example/2.jpg", ["https://a.example/1.jpg", "https://a.example/2.jpg"]),
        ("https://a.example/1.jpg|//b.example/2.jpg", ["https://a.example/1.jpg", "https://b.example/2.jpg"]),
        ("https://a.example/1.jpg\nhttps://a.example/2.jpg", ["https://a.example/1.jpg", "https://a.example/2.jpg"]),
        ("https://a.example/w_1,h_2/1.jpg", ["https://a.example/w_1,h_2/1.jpg"]),
        ("https://a.example/my bowl.jpg", ["https://a.example/my%20bowl.jpg"]),
    ])
    func aCellMayHaveSeveralPictures(text: String, urls: [String]) {
        #expect(text.pictureURLs == urls)
    }

    @Test(arguments: [
        ("226.796185", "226.796185"), ("156.0", ""), ("156", ""), ("0,5", "0.5"), ("007.50", "7.5"), ("1e3", ""),
    ])
    func aFractionIsKeptWithoutZerosThatSayNothing(text: String, fraction: String) {
        #expect(text.exactFraction == fraction)
    }

    @Test(arguments: [("4", 4), ("4.0", 4), ("1,299", 1_299), ("1e3", 1_000), ("-2", -2), ("4.5", nil), ("1,29", nil)])
    func aWholeNumberMayBeGrouped(text: String, number: Int64?) {
        #expect(text.wholeNumber == number)
    }
}
