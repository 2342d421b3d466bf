/// Values as people, spreadsheets and shops write them. What can be read in one way only is read; the rest is nil.
extension String {
    /// Without the apostrophe that shields digits from spreadsheets.
    var unshielded: String {
        guard first == "'", utf8.count > 1, dropFirst().isDigits else { return self }
        return String(dropFirst())
    }

    /// A number without signs of grouping: `226.796185`, `3.2e+05`. Swift would read hexadecimal and `nan` as well.
    var decimalNumber: Double? {
        utf8.allSatisfy { "0123456789.eE+-".utf8.contains($0) } ? Double(self) : nil
    }

    /// A price with digits and a point alone, from `$19.90`, `1,299.00`, `12,50`, `1.299,50` and `19.900`.
    ///
    /// Nil for what is doubtful: `1,299` may be a thousand or one and a bit.
    var decimalPrice: String? {
        var text = Substring(trimmed)
        if let first = text.first, Self.currencySigns.contains(first) { text = text.dropFirst() }
        if let last = text.last, Self.currencySigns.contains(last) { text = text.dropLast() }
        let plain = String(text).trimmed
        let parts = plain.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "." }
        let signs = plain.filter { $0 == "," || $0 == "." }
        guard parts.allSatisfy(\.isDigits) || parts.count == 1, let last = parts.last, let sign = signs.last else {
            return plain
        }
        let groups = parts.dropLast()
        let isGrouped =
            groups.count > 1 && groups.dropFirst().allSatisfy { $0.utf8.count == 3 }
            && groups[0].utf8.count <= 3 && Set(signs.dropLast()).count == 1
        switch (sign, signs.count) {
        case (".", 1): break
        case (",", 1) where last.utf8.count <= 2: break
        // Two signs: the last one is before the cents when it differs from the others.
        case (_, 2...) where isGrouped && signs.first != sign: break
        case (",", 2...) where isGrouped && last.utf8.count == 3 && signs.first == sign: return parts.joined()
        default: return nil
        }
        var cents = last
        while cents.last == "0" { cents.removeLast() }
        return cents.isEmpty ? groups.joined() : "\(groups.joined()).\(cents)"
    }

    private static let currencySigns: Set<Character> = ["$", "€", "£", "¥"]
}

extension StringProtocol {
    fileprivate var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
