import CSV
import Testing

/// Files that are not UTF-8 with commas.
@Suite struct CSVDialectTests {
    private func read(_ bytes: [UInt8], chunkBytes: Int = 7) throws -> (dialect: CSVDialect, rows: [[String]]) {
        let dialect = try CSVDialect.guessed(bytes: bytes)
        let reader = try CSVReader(bytes: bytes, dialect: dialect, chunkBytes: chunkBytes)
        var rows = [reader.columns]
        while let row = try reader.next() { rows.append(reader.columns.indices.map { row.text($0) }) }
        return (dialect, rows)
    }

    private func utf16(_ text: String, isBig: Bool) -> [UInt8] {
        text.utf16.flatMap { isBig ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    @Test(arguments: [false, true], [false, true]) func utf16IsReadWithAndWithoutAMark(isBig: Bool, isMarked: Bool)
        throws
    {
        let text = "handle,title\na,Grün 猫 🍏\n"
        let file = try read(utf16(isMarked ? "\u{FEFF}" + text : text, isBig: isBig))
        #expect(file.dialect.encoding == (isBig ? .utf16BigEndian : .utf16LittleEndian))
        #expect(file.rows == [["handle", "title"], ["a", "Grün 猫 🍏"]])
    }

    @Test(arguments: [
        (CSVEncoding.windows1252, "a,Caf\u{E9} cr\u{E8}me"),
        (.windows1252, "a,M\u{FC}sli f\u{FC}r \u{80} 5 \u{96} it\u{92}s"),
        (.macRoman, "a,Caf\u{8E} cr\u{8F}me"), (.macRoman, "a,M\u{9F}sli f\u{9F}r \u{DB} 5 \u{D0} it\u{D5}s"),
        (.macRoman, "a,Jalape\u{96}o"), (.windows1252, "a,Jalape\u{F1}o"), (.windows1252, "a,\u{93}Quoted\u{94} text"),
    ])
    func singleBytesAreReadInTheEncodingThatMakesWords(encoding: CSVEncoding, line: String) throws {
        let bytes = Array("handle,title\n".utf8) + line.unicodeScalars.map { UInt8($0.value) }
        let file = try read(bytes)
        #expect(file.dialect.encoding == encoding)
        #expect(!file.rows[1][1].contains("\u{FFFD}"))
    }

    @Test func bytesBecomeTheirCharacters() throws {
        let header = Array("n\n".utf8)
        #expect(try read(header + [0x43, 0x61, 0x66, 0x8E, 0x0A]).rows == [["n"], ["Café"]])
        #expect(try read(header + [0x43, 0x61, 0x66, 0xE9, 0x20, 0x80, 0x35]).rows == [["n"], ["Café €5"]])
        for encoding in CSVEncoding.allCases { #expect([nil, 128].contains(Self.upperHalfCount(encoding))) }
    }

    private static func upperHalfCount(_ encoding: CSVEncoding) -> Int? {
        var dialect = CSVDialect()
        dialect.encoding = encoding
        guard encoding == .windows1252 || encoding == .macRoman else { return nil }
        let bytes = Array("n\n".utf8) + (0x80...0xFF).map { UInt8($0) }
        let reader = try? CSVReader(bytes: bytes, dialect: dialect)
        return (try? reader?.next())?.text(0).unicodeScalars.count
    }

    @Test func aFileOfUTF8WithAFaultyRowStaysOne() throws {
        let bytes = Array("n\nGrün\nBlüte\nCaf".utf8) + [0xE9, 0x0A]
        #expect(try CSVDialect.guessed(bytes: bytes).encoding == .utf8)
        #expect(try CSVDialect.guessed(bytes: Array("n\nGrün\n".utf8)).encoding == .utf8)
    }

    @Test(arguments: [
        ("a;b;c\n1;\"x;y\";\"2,5\"\n", ";"), ("a\tb\tc\n1\tx;y\t2,5\n", "\t"), ("a,b,c\n1,x;y,\"2,5\"\n", ","),
        ("\"a,x,y,z\";b;c\n1;x;2,5\n", ";"),
    ])
    func theSeparatorIsTheHeaders(text: String, separator: Character) throws {
        let file = try read(Array(text.utf8))
        #expect(file.dialect.separator == separator.asciiValue)
        #expect(file.rows[0].count == 3)
        #expect(file.rows[1].last == "2,5")
    }

    @Test func aNameMayStandTwiceWhereNobodyMinds() throws {
        var dialect = CSVDialect()
        dialect.refusesRepeatedColumns = false
        let reader = try CSVReader(bytes: Array("a,b,b\n1,2,3\n".utf8), dialect: dialect)
        #expect(try reader.index(of: "b") == 1)
    }
}
