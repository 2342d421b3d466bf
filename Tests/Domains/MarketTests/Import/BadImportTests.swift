import Core
import Storage
import Testing

@testable import Market

/// Files that are not what they should be.
@Suite struct BadImportTests {
    private static let header = "Handle,Title,Option1 Name,Option1 Value,Variant Price,Image Src\n"

    @Test func aByteOrderMarkAndWindowsLinesAreRead() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let text = CatalogFile.sample.replacing("\n", with: "\r\n")
            let run = try await plaza.importBytes([0xEF, 0xBB, 0xBF] + Array(text.utf8), into: shop)
            #expect(run.created == 2 && run.skipped == 0)
            #expect(try await plaza.catalog(shop).map(\.title) == ["Blue bowl", "Mug"])
        }
    }

    @Test func linesBreakWithinQuotes() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(
                "Handle,Title,Body (HTML),Variant Price\nbowl,Bowl,\"<p>One</p>\n<p>\"\"Two\"\"</p>\",5\nmug,Mug,,6\n",
                into: shop)
            #expect(try await plaza.catalog(shop).map(\.body) == ["<p>One</p>\n<p>\"Two\"</p>", ""])
            #expect(try await plaza.report(run) == ["2 created", "4 created"])
        }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let rows: String
        let report: [String]

        var testDescription: String { rows }
    }

    static let faults = [
        Fault(rows: "a,A,,,12.999,", report: ["2 bad_price"]),
        Fault(rows: "a,A,,,\"1,299\",", report: ["2 bad_price"]),
        Fault(rows: "a,A,,,\"1,29,900\",", report: ["2 bad_price"]),
        Fault(rows: "a,A,,,-1,", report: ["2 bad_price"]),
        Fault(rows: "a,A,,,$,", report: ["2 bad_price"]),
        Fault(rows: "a,A,,,5 or 6,", report: ["2 bad_price"]),
        Fault(rows: "a,A,,,99999999999999999999,", report: ["2 bad_price"]),
        Fault(rows: "a,A,,,1e3,", report: ["2 bad_price"]),
        Fault(rows: "a,A,,,,", report: ["2 no_variant"]),
        Fault(rows: "a,A,Size,,5,", report: ["2 missing_option"]),
        Fault(rows: "a,A,Size,S,,", report: ["2 bad_price"]),
        Fault(rows: "a,A,Size,S,5,\na,,,S,6,", report: ["2 product_skipped", "3 duplicate_variant"]),
        Fault(rows: "a,A,Size,S,5,\na,,,M,x,", report: ["2 product_skipped", "3 bad_price"]),
        Fault(rows: ",A,,,5,", report: ["2 missing_handle"]),
        Fault(rows: "a,,,S,5,\na,,,M,5,\nb,B,,,5,", report: ["2 no_parent", "3 product_skipped", "4 created"]),
        Fault(
            rows: "a,A,,,5,\nb,B,,,5,\na,Other,,,6,\na,,,,,https://a.example/1.jpg",
            report: ["2 created", "3 created", "4 duplicate_handle", "5 product_skipped"]),
        Fault(rows: "a,A,,,5,\na,Other,,,6,", report: ["2 created", "3 duplicate_handle"]),
        Fault(
            rows: "a,A,Size,S,5,\na,,,M\na,,,L,6,\nb,B,,,5,",
            report: ["2 product_skipped", "3 wrong_column_count", "4 product_skipped", "5 created"]),
        Fault(
            rows: "a,A\na,,,M,5,\na,,,L,6,\nb,B,,,5,",
            report: ["2 wrong_column_count", "3 product_skipped", "4 product_skipped", "5 created"]),
        Fault(rows: "a,A,,,5,\nb,B\nc,C,,,5,", report: ["2 created", "3 wrong_column_count", "4 created"]),
        Fault(rows: "a,A,,,5,\nb,B,,,5,,,\nc,C,,,5,", report: ["2 created", "3 wrong_column_count", "4 created"]),
        Fault(rows: "a,\(String(repeating: "x", count: 256)),,,5,", report: ["2 too_long"]),
    ]

    @Test(arguments: faults) func theRowAndTheReasonAreNamed(_ fault: Fault) async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(Self.header + fault.rows, into: shop)
            #expect(try await plaza.report(run) == fault.report)
            #expect(try await plaza.catalog(shop).count == fault.report.count { $0.hasSuffix("created") })
        }
    }

    @Test func duplicatesAreSeenAcrossBatches() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText(CatalogFile.many(1_200) + "\np0,Again,1\n", into: shop)
            #expect(run.created == 1_200 && run.skipped == 1)
            #expect(try await plaza.market.skippedRows(of: run.id, limit: 5).map(\.fault) == [.duplicateHandle])
        }
    }

    @Test(arguments: [
        ("Handle,Title\na,A\n", "missing"), ("Handle,Title,Title,Variant Price\na,A,B,5\n", "twice"),
        ("", "empty"), ("Handle;Title;Variant Prize\na;A;5\n", "missing"),
    ])
    func aFileWithoutItsColumnsIsRefused(text: String, word: String) async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let id = plaza.ids.next(CatalogImport.self)
            try await plaza.database.write { tx in
                _ = try plaza.market.beginImport(
                    id, bytes: 1, ImportOptions(), into: shop.id, by: shop.owner, in: tx)
            }
            let run = try await plaza.run(id, text)
            #expect(run.state == .failed)
            #expect(run.failure?.contains(word) == true, "\(run.failure ?? "")")
        }
    }

    @Test func aRowThatIsNotUTF8InAFileThatIsIsNamed() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let bytes =
                Array("\(Self.header)a,Caf".utf8) + [0xE9] + Array(",,,5,\nb,Blüte,,,5,\nc,Grün,,,5,\n".utf8)
            #expect(
                try await plaza.report(plaza.importBytes(bytes, into: shop)) == [
                    "2 invalid_utf8", "3 created", "4 created",
                ])
        }
    }

    @Test func aFileThatIsCutInAFieldKeepsWhatWasWholeBefore() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let run = try await plaza.importText("\(Self.header)a,A,,,5,\nb,B,,,5,\nb,,,,,\"https://cut", into: shop)
            #expect(run.state == .failed)
            #expect(run.failure?.contains("Line 4") == true)
            #expect(try await plaza.report(run) == ["2 created", "3 torn_file"])
            #expect(try await plaza.catalog(shop).map(\.title) == ["A"])
            let whole = try await plaza.importText("\(Self.header)a,A,,,5,\nb,B,,,5,\n", into: shop)
            #expect(whole.unchanged == 1 && whole.created == 1)
        }
    }

    @Test func aFieldOfTenMegabytesEndsTheImportWithoutHoldingIt() async throws {
        try await withMarket { plaza in
            let shop = try await plaza.shop()
            let field = String(repeating: "x", count: 10 << 20)
            let run = try await plaza.importText("\(Self.header)a,A,,,5,\nb,\(field),,,5,\nc,C,,,5,\n", into: shop)
            #expect(run.state == .failed)
            #expect(run.failure == "Line 3: a field is too long.")
        }
    }
}

extension MarketFixture {
    fileprivate func run(_ id: ID<CatalogImport>, _ text: String) async throws -> CatalogImport {
        try await withFile(text) { try await market.runImport(id, path: $0) }
    }
}
