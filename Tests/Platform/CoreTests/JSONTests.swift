import Core
import Testing

@Suite struct JSONTests {
    private static let wellFormedTexts: [(String, JSON)] = [
        ("{}", JSON.object([])),
        (" [1, -2.5, true, null, \"a\\n\\u00e9\\ud83d\\ude00\"] ", [1, .number(-2.5), true, nil, "a\né😀"]),
        ("{\"a\":{\"b\":[]}}", ["a": ["b": []]]),
        ("9223372036854775807", .integer(.max)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ("1e3", .number(1000)),
    ]

    @Test(arguments: wellFormedTexts)
    func wellFormed(text: String, expected: JSON) throws {
        #expect(try JSONParser.parse(text) == expected)
    }

    @Test(arguments: [
        ("", JSONError.Reason.unexpectedEnd),
        ("{", .unexpectedEnd),
        ("[1,]", .unexpectedCharacter),
        ("{\"a\":1,}", .unexpectedCharacter),
        ("{\"a\" 1}", .unexpectedCharacter),
        ("01", .invalidNumber),
        ("1.", .invalidNumber),
        ("1e999", .invalidNumber),
        ("-", .invalidNumber),
        ("nul", .unexpectedEnd),
        ("truth", .unexpectedCharacter),
        ("\"a", .unexpectedEnd),
        ("\"\\x\"", .invalidString),
        ("\"\u{01}\"", .invalidString),
        ("\"\\ud800\"", .invalidString),
        ("\"\\udc00x\"", .invalidString),
        ("{\"a\":1,\"a\":2}", .repeatedName),
        ("{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"h\":2}", .repeatedName),
        ("1 2", .unexpectedCharacter),
        (String(repeating: "[", count: 33), .tooDeep),
    ])
    func malformed(text: String, reason: JSONError.Reason) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error?.reason == reason)
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
        #expect(error?.reason == .invalidUTF8)
    }

    @Test func writerAndParserAgree() throws {
        let value: JSON = [
            "text": "q\"\\\u{1}\n😀", "list": [1, nil, false, ["deep": .number(0.5)]], "min": .integer(.min),
        ]
        var writer = JSONWriter()
        writer.value(value)
        #expect(try JSONParser.parse(writer.finish()) == value)
    }
}
