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
        #expect(text.decimalPrice == price)
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
            #expect(jug.variants.map(\.barcode) == ["0042", ""] && jug.variants.map(\.grams) == [227, 454])
            #expect(jug.variants.map(\.policy) == [.backorder, .counted] && jug.variants.map(\.onHand) == [3, 2])
        }
    }

    @Test func aRowInAnotherEncodingTakesItsProductAlong() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bytes =
                Array("Handle,Title,Option1 Name,Option1 Value,Variant Price\nwig,Caf".utf8) + [0x8E]
                + Array(" wig,Colour,1,30\nwig,,,2,30\nwig,,,4,31\nmug,Mug,,,5\n".utf8)
            let run = try await plaza.importBytes(bytes, into: shop)
            #expect(run.created == 1 && run.skipped == 1)
            #expect(
                try await plaza.report(run) == [
                    "2 invalid_utf8", "3 product_skipped", "4 product_skipped", "5 created",
                ])
        }
    }
}
