import Glibc
import Testing

@testable import CSV

/// Everything a reader said about a file: its rows in order, then what stopped it.
private struct Reading: Equatable {
    var columns: [String] = []
    var rows: [[String]] = []
    var lines: [Int] = []
    var error: CSVError?
    var bytesRead = 0
}

private func read(_ bytes: [UInt8], limits: CSVReader.Limits = .init(), chunkBytes: Int = 1 << 16) throws -> Reading {
    var reading = Reading()
    do {
        let reader = try CSVReader(bytes: bytes, limits: limits, chunkBytes: chunkBytes)
        reading.columns = reader.columns
        defer { reading.bytesRead = reader.bytesRead }
        while let row = try reader.next() {
            reading.rows.append(reader.columns.indices.map { row.text($0) })
            reading.lines.append(row.line)
        }
    } catch let error as CSVError {
        reading.error = error
    }
    return reading
}

private func read(_ text: String, limits: CSVReader.Limits = .init()) throws -> Reading {
    try read(Array(text.utf8), limits: limits)
}

@Suite struct CSVReading {
    @Test(arguments: [
        ("a,b\n1,2\n", [["1", "2"]]),
        ("a,b\r\n1,2\r\n3,4", [["1", "2"], ["3", "4"]]),
        ("a,b\n1,2\r", [["1", "2"]]),
        ("\u{FEFF}a,b\n1,2\n", [["1", "2"]]),
        ("a,b\n\"1\",\"2\"\r\n", [["1", "2"]]),
        ("a,b\n\"1,\"\"x\"\"\",\"\"\"\"\n", [["1,\"x\"", "\""]]),
        ("a,b\n\"one\r\ntwo\",\"\n\"\n", [["one\r\ntwo", "\n"]]),
        ("a,b\n,\n", [["", ""]]),
        ("a,b\n1,", [["1", ""]]),
        ("a,b\n1,\"\"", [["1", ""]]),
        ("a,b\n1,\"\"\r", [["1", ""]]),
        ("\n\na,b\n\n1,2\n\n\r\n", [["1", "2"]]),
        ("a\n\n1\n\"\"\n", [[""], ["1"], [""]]),
        ("a,b\n5\" pipe, x \n", [["5\" pipe", " x "]]),
        ("a,b\n1\r2,\u{E9}\u{1F600}\n", [["1\r2", "\u{E9}\u{1F600}"]]),
        ("a,b", []),
    ])
    func readsWhatTheFormatAllows(text: String, rows: [[String]]) throws {
        let reading = try read(text)
        #expect(reading.error == nil)
        #expect(reading.rows == rows)
        #expect(reading.bytesRead == text.utf8.count)
    }

    @Test func knowsTheLineOfEachRow() throws {
        #expect(try read("a,b\n\n1,2\n\"x\ny\n\",3\n4,5\n").lines == [3, 4, 7])
    }

    @Test func findsColumnsByName() throws {
        let reader = try CSVReader(bytes: Array("\"ti\"\"tle\",price\n".utf8))
        #expect(reader.columns == ["ti\"tle", "price"])
        #expect(try reader.index(of: "price") == 1)
        #expect(throws: CSVError(.missingColumn, line: 1, column: "stock")) { try reader.index(of: "stock") }
    }

    @Test(arguments: [
        ("a,b\n1,\"2", CSVError(.unterminatedQuote, line: 2)),
        ("a,b\n1,\"2\nx\n,\"\"", CSVError(.unterminatedQuote, line: 2)),
        ("a,\"b\n1,2\n", CSVError(.unterminatedQuote, line: 1)),
        ("a,b\n1,\"", CSVError(.unterminatedQuote, line: 2)),
        ("a,b\n\"1\"x,2\n", CSVError(.textAfterQuote, line: 2)),
        ("a,b\n\"\n\" ,2\n", CSVError(.textAfterQuote, line: 3)),
        ("a,b\n\"1\"\r,2\n", CSVError(.textAfterQuote, line: 2)),
        ("a,b\n1,2\n1\n", CSVError(.wrongColumnCount, line: 3)),
        ("a,b\n1,2,3\n", CSVError(.wrongColumnCount, line: 2)),
        ("a,b,a\n", CSVError(.repeatedColumn, line: 1, column: "a")),
        ("", CSVError(.emptyFile, line: 1)),
        ("\u{FEFF}", CSVError(.emptyFile, line: 1)),
        ("\n\r\n", CSVError(.emptyFile, line: 1)),
        ("a,b\n123456789,1\n", CSVError(.fieldTooLong, line: 2)),
        ("a,b\n\"123456789\",1\n", CSVError(.fieldTooLong, line: 2)),
        ("a,b\n1,\"123456789", CSVError(.fieldTooLong, line: 2)),
        ("a,b,c,d,e\n", CSVError(.tooManyColumns, line: 1)),
    ])
    func saysWhatIsWrongAndWhere(text: String, error: CSVError) throws {
        var limits = CSVReader.Limits()
        limits.fieldBytesMax = 8
        limits.columnsMax = 4
        #expect(try read(text, limits: limits).error == error)
    }

    @Test func aDoubledQuoteIsOneByteOfTheLimit() throws {
        var limits = CSVReader.Limits()
        limits.fieldBytesMax = 4
        #expect(try read("a\n\"\"\"\"\"\"\"\"\"\"\n", limits: limits).rows == [["\"\"\"\""]])
    }

    @Test func aRowOfManyFieldsHasALimitToo() throws {
        var limits = CSVReader.Limits()
        limits.rowBytesMax = 100
        let endless = Array("a,b\n".utf8) + Array(repeating: UInt8(ascii: ","), count: 10_000)
        #expect(try read(endless, limits: limits, chunkBytes: 16).error == CSVError(.rowTooLong, line: 2))
    }

    @Test(arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func refusesWhatIsNotUTF8(bytes: [UInt8]) throws {
        let invalid = CSVError(.invalidUTF8, line: 2)
        #expect(try read(Array("a,b\n1,".utf8) + bytes + Array("\n".utf8)).error == invalid)
        #expect(try read(Array("a,b\n\"".utf8) + bytes + Array("\",2".utf8)).error == invalid)
        #expect(try read(bytes + Array(",b\n".utf8)).error == CSVError(.invalidUTF8, line: 1))
    }

    @Test func goesOnBehindARowThatIsWholeButWrong() throws {
        let reader = try CSVReader(bytes: Array("a,b\n1\n\"\u{E9}".utf8.dropLast()) + Array("\",2\n3,4,5\n6,7\n".utf8))
        #expect(throws: CSVError(.wrongColumnCount, line: 2)) { try reader.next() }
        #expect(throws: CSVError(.invalidUTF8, line: 3)) { try reader.next() }
        #expect(throws: CSVError(.wrongColumnCount, line: 4)) { try reader.next() }
        #expect(try reader.next()?.integer(1) == 7)
        #expect(try reader.next() == nil)
    }

    @Test func staysWithAnErrorBehindWhichNoRowCanBeFound() throws {
        let reader = try CSVReader(bytes: Array("a,b\n\"1\"x,2\n3,4\n".utf8))
        for _ in 0..<2 {
            #expect(throws: CSVError(.textAfterQuote, line: 2)) { try reader.next() }
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("007", 7), ("42", 42), ("9223372036854775807", .max), ("-9223372036854775808", .min),
        ] as [(String, Int64)])
    func readsWholeNumbers(text: String, value: Int64) throws {
        let reader = try CSVReader(bytes: Array("n\n\(text)\n".utf8))
        #expect(try reader.next()?.integer(0) == value)
    }

    @Test(arguments: [
        "\"\"", "-", "+1", "1.5", " 1", "1 ", "x", "0x1", "--1", "9223372036854775808", "-9223372036854775809",
        "99999999999999999999999999", "\u{0661}",
    ])
    func refusesWhatIsNoWholeNumber(text: String) throws {
        let reader = try CSVReader(bytes: Array("n\n\(text)\n".utf8))
        let row = try #require(try reader.next())
        #expect(throws: CSVError(.badNumber, line: 2, column: "n")) { try row.integer(0) }
    }

    @Test(arguments: [("7", 7), ("3.2466e+05", 324_660), ("1E3", 1_000), ("12.0", 12), ("-4e1", -40)])
    func readsWholeNumbersInScientificNotation(text: String, value: Int64) throws {
        let reader = try CSVReader(bytes: Array("n\n\(text)\n".utf8))
        #expect(try reader.next()?.wholeNumber(0) == value)
    }

    @Test(arguments: ["", "1.5", "1e-1", "1e300", "nan", "inf", "9007199254740994.0", "0x10", "x"])
    func refusesFractionsAndLostDigits(text: String) throws {
        let reader = try CSVReader(bytes: Array("n\n\"\(text)\"\n".utf8))
        let row = try #require(try reader.next())
        #expect(throws: CSVError(.badNumber, line: 2, column: "n")) { try row.wholeNumber(0) }
    }
}

@Suite struct CSVChunks {
    /// Good files and bad ones: what a reader says must not depend on where its chunks end.
    @Test(arguments: [
        "a,b\r\n1,2\r\n\"3\",\"4\"\"\"\r\n",
        "\u{FEFF}\"a\",b\n\"one\r\ntwo\",\"\"\n\n\u{E9}\u{1F600},x\r\n",
        "a,b\n1,\"2",
        "a,b\n\"1\"\"\"x,2",
        "a,b\n1,2\n3\n",
        "\u{FEFF}",
        "a\n\n\"\"\n\r\n",
    ])
    func whereAChunkEndsMakesNoDifference(text: String) throws {
        let bytes = Array(text.utf8)
        let whole = try read(bytes)
        for chunkBytes in 1...bytes.count {
            #expect(try read(bytes, chunkBytes: chunkBytes) == whole, "chunks of \(chunkBytes) bytes")
        }
    }

    /// Every file of up to 6 bytes over the characters that mean something.
    @Test func allSmallFilesReadTheSameInAnyChunks() throws {
        let alphabet = Array("x,\"\r\n".utf8)
        var different: [[UInt8]] = []
        for length in 0...6 {
            for number in 0..<(0..<length).reduce(1, { product, _ in product * alphabet.count }) {
                var rest = number
                let bytes = (0..<length).map { _ in
                    defer { rest /= alphabet.count }
                    return alphabet[rest % alphabet.count]
                }
                let whole = try read(bytes, chunkBytes: 64)
                for chunkBytes in 1..<max(length, 2) where try read(bytes, chunkBytes: chunkBytes) != whole {
                    different.append(bytes)
                }
            }
        }
        #expect(different.isEmpty)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func whatAWriterWroteIsReadBack(seed: UInt64) throws {
        var random = Generator(state: seed)
        let width = Int.random(in: 1...6, using: &random)
        let rows = (0..<Int.random(in: 0...60, using: &random)).map { _ in
            (0..<width).map { _ in randomField(&random) }
        }
        let header = (0..<width).map { "column \($0)" }
        let text = ([header] + rows).map { written($0, &random) }.joined()
        let reading = try read(Array(text.utf8), chunkBytes: Int.random(in: 1...100, using: &random))
        #expect(reading.error == nil && reading.rows == rows, "seed \(seed)")
    }

    private func randomField(_ random: inout Generator) -> String {
        let alphabet: [Unicode.Scalar] = ["a", "b", "1", " ", ",", "\"", "\n", "\r", "\u{E9}", "\u{1F600}"]
        let scalars = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
            alphabet.randomElement(using: &random)
        }
        return String(String.UnicodeScalarView(scalars))
    }

    private func written(_ fields: [String], _ random: inout Generator) -> String {
        let line = fields.map { field in
            let needsQuotes = field.isEmpty || field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
            guard needsQuotes || Bool.random(using: &random) else { return field }
            return "\"" + field.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
        }
        return line.joined(separator: ",") + (Bool.random(using: &random) ? "\n" : "\r\n")
    }
}

@Suite struct CSVFiles {
    @Test func readsAFileAndKnowsHowFarItIs() throws {
        var template = Array("/tmp/plaza-csv-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let text = "id,name\n" + (0..<5000).map { "\($0),\"name \($0)\"\n" }.joined()
        #expect(write(descriptor, text, text.utf8.count) == text.utf8.count)
        close(descriptor)

        let reader = try CSVReader(path: path, chunkBytes: 1000)
        #expect(reader.totalBytes == text.utf8.count)
        var (expected, progress): (Int64, Int) = (0, reader.bytesRead)
        while let row = try reader.next() {
            #expect(try row.integer(0) == expected)
            #expect(row.text(1) == "name \(expected)")
            #expect(reader.bytesRead > progress)
            (expected, progress) = (expected + 1, reader.bytesRead)
        }
        #expect(expected == 5000)
        #expect(progress == reader.totalBytes)
    }

    @Test func saysWhyAFileCannotBeRead() {
        #expect(throws: CSVFileError(path: "/nowhere/at.csv", code: ENOENT)) {
            try CSVReader(path: "/nowhere/at.csv")
        }
        #expect(throws: CSVFileError(path: "/tmp", code: EISDIR)) { try CSVReader(path: "/tmp") }
    }
}

/// Knuth's MMIX generator: the same numbers for the same seed.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
