import Foundation
import PlazaAPI
import Testing

@Suite struct JSONValueTests {
    @Test(
        arguments: [
            ("null", .null), ("true", true), (" false ", false), ("0", 0), ("-7", -7),
            ("9223372036854775807", .integer(.max)),
            ("1.5", 1.5), ("-0.25e2", -25.0), ("1E3", 1_000.0), (#""""#, ""),
            (#""a\"\\\/\b\f\n\r\té""#, "a\"\\/\u{8}\u{C}\n\r\té"),
            (#""\ud83d\ude00""#, "😀"), ("[]", []), ("[1,[2],{}]", [1, [2], [:]]),
            (#"{"a":{"b":null}}"#, ["a": ["b": .null]]),
            (#"{"a":1,"a":2}"#, ["a": 2]), ("\t[\r\n1 ,\n2 ]", [1, 2]),
        ] as [(String, JSONValue)])
    func whatIsJSONIsRead(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
        #expect(try JSONValue(parsing: value.text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "+1", "01", "-", "1.", ".5", "1e", "1e999", "'a'", "\"", "\"\\x\"", "\"\\u12\"",
        "\"\\ud800\"", "\"\\ud800x\"", "\"\\ude00\"", "\"\n\"", "[", "[1", "[1,", "[1,]", "[,]", "{", "{a:1}",
        "{\"a\"}",
        "{\"a\":}", "{\"a\":1,}", "1 2", "[]]", "\u{FEFF}1", "NaN", "Infinity",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: JSONValue.SyntaxError.self) { try JSONValue(parsing: text) }
    }

    @Test func textThatIsNotUTF8IsRefused() {
        #expect(throws: JSONValue.SyntaxError.self) { try JSONValue(parsing: [0x22, 0xC3, 0x28, 0x22] as [UInt8]) }
    }

    @Test func depthHasABound() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONValue(parsing: deep) }
        #expect(throws: JSONValue.SyntaxError.self) { try JSONValue(parsing: "[\(deep)]") }
        let bottomless = Array(repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONValue.SyntaxError.self) { try JSONValue(parsing: bottomless) }
    }

    @Test func controlsAreEscaped() {
        #expect(JSONValue.string("a\u{1}\n\"").text == #""a\u0001\n\"""#)
    }

    /// Both readers of JSON say the same, and what they refuse.
    @Test func coderAndParserAgree() throws {
        let value: JSONValue = ["a": [1, 2.5, true, .null, "ü"], "b": ["c": [:]]]
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(value.text.utf8)) == value)
        #expect(try JSONValue(parsing: Array(try JSONEncoder().encode(value))) == value)
    }
}
