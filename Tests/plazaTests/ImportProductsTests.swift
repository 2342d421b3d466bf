import App
import Core
import Foundation
import Glibc
import Logging
import Market
import PlazaTesting
import Storage
import StorageSQLite
import Testing

/// `plaza import products` and `plaza export products`, as an operator runs them.
@Suite(.timeLimit(.minutes(15))) struct ImportProductsTests {
    private static let sample = """
        Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,\
        Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price
        bowl,"Blue, deep bowl","<p>Thrown ""by hand""</p>",Kiln,Bowls,"blue, clay",true,Size,Small,B-S,640,shopify,12,deny,19.99
        bowl,,,,,,,,Large,B-L,900,shopify,3,deny,29.50
        mug,Mug,,Kiln,Mugs,,true,Title,Default Title,M,300,,0,deny,9.00
        """

    @Test func aFileIsTriedImportedAndImportedAgain() async throws {
        try await withShops("kiln") { house in
            let file = try house.write(Self.sample)
            let tried = try await house.importProducts(file, "--dry-run")
            #expect(tried.status == 0, "\(tried.complaints)")
            #expect(tried.json["dry_run"] == true && tried.json["created"]?.integer == 2)
            #expect(try await house.exported("kiln").split(separator: "\n").count == 1, "the header alone")
            for (created, unchanged) in [(2, 0), (0, 2)] as [(Int64, Int64)] {
                let run = try await house.importProducts(file)
                #expect(run.status == 0, "\(run.complaints)")
                #expect(run.json["state"] == "done" && run.json["rows"]?.integer == 3)
                #expect(run.json["created"]?.integer == created && run.json["unchanged"]?.integer == unchanged)
            }
            try await house.expectVerified()
        }
    }

    @Test func whatIsExportedImportsToTheSameCatalog() async throws {
        try await withShops("kiln", "copy") { house in
            #expect(try await house.importProducts(try house.write(Self.sample)).status == 0)
            let first = try await house.exported("kiln")
            #expect(first.contains("Blue, deep bowl"))
            let run = try await house.importProducts(try house.write(first), shop: "copy")
            #expect(run.json["created"]?.integer == 2 && run.json["skipped"]?.integer == 0, "\(run.output)")
            #expect(try await house.exported("copy") == first)
        }
    }

    @Test func aShopThatIsNotThereTakesNothing() async throws {
        try await withShops("kiln") { house in
            let run = try await house.importProducts(try house.write(Self.sample), shop: "kilm")
            #expect(run.status == 1)
            #expect(run.complaints == "plaza: There is no such shop.\n")
            let export = try await PlazaCommand().run(
                "export", "products", "--shop", "kilm", "--data-dir", house.directory)
            #expect(export.status == 1 && export.output.isEmpty)
            #expect(export.complaints == "plaza: There is no such shop.\n")
        }
    }

    @Test func whatIsNoFileOfProductsIsSaid() async throws {
        try await withShops("kiln") { house in
            let (none, empty) = (house.directory + "/none.csv", try house.write(""))
            for (file, reason) in [
                (none, "The file cannot be read: No such file or directory."),
                (house.directory, "The file cannot be read: Is a directory."),
                (empty, "Line 1: the file is empty: it lacks even a header."),
            ] {
                let run = try await house.importProducts(file)
                #expect(run.status == 1)
                #expect(run.complaints == "plaza: \(file): \(reason) Nothing has been imported.\n")
            }
        }
    }

    /// What a faulty row keeps out is told by its line, and the rest is taken.
    @Test func faultyRowsAreTold() async throws {
        try await withShops("kiln") { house in
            let file = try house.write("Handle,Title,Variant Price\nmug,Mug,9.50\njug,Jug,nine\n")
            let run = try await house.importProducts(file)
            #expect(run.status == 2)
            #expect(run.json["created"]?.integer == 1 && run.json["skipped"]?.integer == 1)
            #expect(
                run.json["faults"] == [
                    ["line": 3, "code": "bad_price", "column": "Variant Price", "value": "nine"]
                ])
        }
    }

    @Test func whatBecameOfEachRowIsWrittenDown() async throws {
        try await withShops("kiln") { house in
            let file = try house.write("Handle,Title,Variant Price\nmug,Mug,9.50\n\"j\"\"ug\",Jug,nine\n")
            let report = house.directory + "/report.csv"
            let run = try await PlazaCommand().run(
                "import", "products", file, "--shop", "kiln", "--data-dir", house.directory, "--report", report
            )
            #expect(run.status == 2)
            let lines = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n").map { String($0) }
            #expect(lines.prefix(2) == ["line,outcome,handle,code,column,value,remedy", "2,created,mug,,,,"])
            #expect(
                lines.count == 3
                    && lines[2].hasPrefix("3,skipped,\"j\"\"ug\",bad_price,Variant Price,nine,\"A price has digits"))
        }
    }

    @Test func anImportThatWasKilledIsCompletedByTheNext() async throws {
        // A busy machine may look after the import is over: then a longer one is killed.
        for count in [15_000, 60_000, 240_000] where try await isKilledAtWork(count) { return }
        Issue.record("each import was over before it was killed")
    }

    private func isKilledAtWork(_ count: Int) async throws -> Bool {
        try await withShops("kiln", "copy") { house in
            let rows = (0..<count).map { "p\($0),Product \($0),shopify,\($0 % 9),deny,\($0 % 500).5" }
            let header = "Handle,Title,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,"
            let file = try house.write(header + "Variant Price\n" + rows.joined(separator: "\n") + "\n")
            let command = try PlazaCommand().start([
                "import", "products", file, "--shop", "kiln", "--data-dir", house.directory,
            ])
            try await house.awaitProducts()
            command.signal(SIGKILL)
            guard await command.ended() == 128 + SIGKILL else { return false }
            try await house.expectVerified()
            let before = try await house.productCount()
            // All of them may be there when only the report was missing.
            guard before < count else { return false }
            #expect(before > 0)
            let run = try await house.importProducts(file)
            #expect(run.status == 0, "\(run.complaints)")
            #expect(run.json["unchanged"]?.integer == Int64(before))
            #expect(run.json["created"]?.integer == Int64(count - before))
            try await house.expectVerified()
            // As if it had never been interrupted.
            #expect(try await house.importProducts(file, shop: "copy").status == 0)
            let (resumed, whole) = (try await house.exported("kiln"), try await house.exported("copy"))
            #expect(resumed == whole)
            return true
        }
    }
}

/// A data directory with shops in it.
private struct House {
    let directory: String

    func write(_ text: String) throws -> String {
        let path = directory + "/products-\(text.utf8.count).csv"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    func importProducts(_ file: String, _ flags: String..., shop: String = "kiln") async throws -> PlazaCommand.Outcome
    {
        let process = try PlazaCommand().start(
            ["import", "products", file, "--shop", shop, "--json", "--data-dir", directory] + flags)
        let status = await process.ended()
        return PlazaCommand.Outcome(status: status, output: process.output, complaints: process.complaints)
    }

    func exported(_ shop: String) async throws -> String {
        let outcome = try await PlazaCommand().run("export", "products", "--shop", shop, "--data-dir", directory)
        #expect(outcome.status == 0, "\(outcome.complaints)")
        return outcome.output
    }

    func expectVerified() async throws {
        let outcome = try await PlazaCommand().run("verify", "--json", "--data-dir", directory)
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.complaints)")
    }

    func productCount() async throws -> Int {
        let database = try SQLiteDatabase(path: directory + "/plaza.sqlite")
        defer { database.close() }
        return try await database.read { db in
            Int(try db.integer("SELECT COUNT(*) FROM product /* scan: test */"))
        }
    }

    /// Returns once the first batch is there.
    func awaitProducts() async throws {
        // One connection for all looks: opening one takes as long as some batches.
        let database = try SQLiteDatabase(path: directory + "/plaza.sqlite")
        defer { database.close() }
        while try await !database.read({ db in try db.exists("SELECT 1 FROM product LIMIT 1 /* scan: test */") }) {
            await Task.yield()
        }
    }
}

private func withShops<Value>(_ handles: String..., body: (House) async throws -> Value) async throws -> Value {
    try await withTemporaryDirectory { directory in
        try await open(handles, in: directory)
        return try await body(House(directory: directory))
    }
}

private func open(_ shops: [String], in directory: String) async throws {
    let plaza = try await Plaza(
        Configuration(flags: ["PLAZA_DATA_DIR": directory]),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let euro = try #require(Currency("EUR"))
    for shop in shops {
        _ = try await plaza.market.openShop(handle: shop, name: shop, currency: euro, by: plaza.ids.next(Account.self))
    }
    await plaza.close()
}
