import Core
import HTTP
import Testing

@Suite struct TextRuleTests {
    private func codes(_ text: String, _ schema: Schema) -> [String] {
        schema.problems(in: .string(text)).map(\.code)
    }

    @Test(arguments: [
        "", " ", "\n\t", "\u{A0}", "\u{200B}", "\u{200D}\u{FE0F}", "\u{2060}", "\u{FEFF}", "\u{AD}", "\u{115F}",
        "\u{3164}",
        "\u{FFA0}", "\u{2800}", "\u{3000}", "\u{E0020}",
    ])
    func whatNobodySeesIsNoText(text: String) {
        #expect(codes(text, .text(1...10, multiline: true)) == ["too_short"])
        #expect(codes(text, .text(0...10, multiline: true)).isEmpty)
    }

    @Test(arguments: ["a", "é", "陶", "👩\u{200D}🎨", "\u{200F}שלום", "क\u{94D}\u{200D}ष", "·"])
    func whatIsSeenIsText(text: String) {
        #expect(codes(text, .text(1...10)).isEmpty)
    }

    @Test func controlsAreRefused() {
        let ranges: [ClosedRange<UInt32>] = [0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069]
        for value in ranges.joined() {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isLayout = scalar == "\t" || scalar == "\n" || scalar == "\r"
            #expect(codes("a\(scalar)b", .text(1...10)) == ["control_character"], "\(value)")
            #expect(codes("a\(scalar)b", .text(1...10, multiline: true)).isEmpty == isLayout, "\(value)")
        }
    }
}
