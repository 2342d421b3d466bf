/// Texts and URLs as files have them, brought to what the API takes.
extension String {
    /// Without spaces at its ends.
    var trimmed: String {
        guard let first = firstIndex(where: { $0 != " " }), let last = lastIndex(where: { $0 != " " }) else {
            return ""
        }
        return String(self[first...last])
    }

    /// Of some bytes at most, or at least counted when there are more.
    func isShorter(than count: Int) -> Bool {
        utf8.count < count || unicodeScalars.count < count
    }

    var isName: Bool { isShorter(than: CatalogLimits.nameLengthMax + 1) }

    /// Without what the API refuses in texts: control characters, and those that turn text around. Line breaks and tabs
    /// are spaces where there is one line.
    func withoutControlCharacters(isMultiline: Bool) -> String {
        guard utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return self }
        var text = UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A, 0x0D: text.append(isMultiline ? scalar : " ")
            case ..<0x20, 0x7F...0x9F: break
            default: if !scalar.properties.isBidiControl { text.append(scalar) }
            }
        }
        return String(text)
    }

    /// With the characters that HTML's entities stand for: titles are text, and some programs write them as HTML.
    var withoutEntities: String {
        guard contains("&"), contains(";") else { return self }
        var text = ""
        var rest = self[...]
        while let start = rest.firstIndex(of: "&") {
            text += rest[..<start]
            rest = rest[start...]
            guard let end = rest.prefix(Self.entityLengthMax).firstIndex(of: ";"),
                let character = Self.character(of: rest[rest.index(after: start)..<end])
            else {
                text.append(rest.removeFirst())
                continue
            }
            text.append(character)
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }

    /// `&#1114111;`
    private static let entityLengthMax = 10

    private static func character(of entity: Substring) -> Character? {
        switch entity {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        case "nbsp": return " "
        default:
            guard entity.first == "#" else { return nil }
            let isHexadecimal = entity.dropFirst().first.map { $0 == "x" || $0 == "X" } ?? false
            let digits = entity.dropFirst(isHexadecimal ? 2 : 1)
            guard let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), value >= 0x20,
                !(0x7F...0x9F).contains(value),
                let scalar = Unicode.Scalar(value), !scalar.properties.isBidiControl
            else { return nil }
            return Character(scalar)
        }
    }

    /// As the API takes them, and no longer.
    var isPictureURL: Bool {
        (hasPrefix("https://") || hasPrefix("http://")) && isShorter(than: CatalogLimits.urlLengthMax + 1)
            && !unicodeScalars.contains {
                $0.properties.isWhitespace || $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
            }
            && split(separator: "/", maxSplits: 2).count >= 2
    }

    /// The URLs of a cell: one, or several with spaces, commas, semicolons or bars between. One without a scheme is https.
    var pictureURLs: [String] {
        var parts: [String] = []
        for word in split(whereSeparator: { $0.isWhitespace || $0 == "|" || $0 == ";" }) {
            for piece in word.split(separator: ",", omittingEmptySubsequences: true) {
                // URLs have commas too.
                if let last = parts.last, !piece.beginsURL, piece.startIndex != word.startIndex {
                    parts[parts.count - 1] = "\(last),\(piece)"
                } else {
                    parts.append(String(piece))
                }
            }
        }
        // Words of one URL with spaces in it.
        if parts.count > 1, !parts.dropFirst().contains(where: \.beginsURL), parts[0].beginsURL {
            parts = [split(whereSeparator: \.isWhitespace).joined(separator: "%20")]
        }
        return parts.map { $0.hasPrefix("//") ? "https:\($0)" : $0 }
    }

    /// Tags as Shopify writes them, with commas between; each once.
    var tagList: [String] {
        var seen: Set<String> = []
        return split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}

extension StringProtocol {
    fileprivate var beginsURL: Bool { hasPrefix("http://") || hasPrefix("https://") || hasPrefix("//") }
}
