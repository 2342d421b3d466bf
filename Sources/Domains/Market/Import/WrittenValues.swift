import Core

/// Values as people, spreadsheets and shops write them. What can be read in one way only is read; the rest is nil.
extension String {
    /// Without white space at its ends, of any kind.
    var written: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isMargin }),
            let last = scalars.lastIndex(where: { !$0.isMargin })
        else { return "" }
        if first == scalars.startIndex, scalars.index(after: last) == scalars.endIndex { return self }
        return String(scalars[first...last])
    }

    /// Without the apostrophe that shields digits from spreadsheets.
    var unshielded: String {
        guard first == "'", utf8.count > 1, dropFirst().isDigits else { return self }
        return String(dropFirst())
    }

    /// A number without signs of grouping: `226.796185`, `3.2e+05`, and `0,5`. Swift would read hexadecimal and `nan` as
    /// well.
    var decimalNumber: Double? {
        let text = filter { $0 == "," }.count == 1 && !contains(".") ? replacing(",", with: ".") : self
        return text.utf8.allSatisfy { "0123456789.eE+-".utf8.contains($0) } ? Double(text) : nil
    }

    /// A decimal number with its fraction, without zeros that say nothing; empty when it is whole.
    var exactFraction: String {
        let parts = replacing(",", with: ".").split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.isDigits }), utf8.count <= 40 else { return "" }
        var fraction = parts[1]
        while fraction.last == "0" { fraction.removeLast() }
        var whole = parts[0]
        while whole.count > 1, whole.first == "0" { whole.removeFirst() }
        return fraction.isEmpty ? "" : "\(whole).\(fraction)"
    }

    /// A whole number however a spreadsheet wrote it: `324660`, `324660.0`, `3.2466e+05`, `324,660`.
    var wholeNumber: Int64? {
        let parts = split(separator: ",", omittingEmptySubsequences: false)
        if parts.count > 1, parts.allSatisfy(\.isDigits), (1...3).contains(parts[0].utf8.count),
            parts.dropFirst().allSatisfy({ $0.utf8.count == 3 })
        {
            return Int64(parts.joined())
        }
        // Beyond 2⁵³ spreadsheets lose digits.
        return Int64(self) ?? decimalNumber.flatMap { $0.magnitude <= 0x1p53 ? Int64(exactly: $0) : nil }
    }

    /// A price with digits and a point alone, from `$19.90`, `1,299.00`, `12,50`, `1.299,50` and `19.900`.
    ///
    /// Nil for what is doubtful: `1,299` may be a thousand or one and a bit.
    /// - Parameter isCommaDecimal: whether the file's prices have commas before their cents: then `1.299` has thousands.
    func decimalPrice(isCommaDecimal: Bool = false) -> String? {
        let plain = withoutCurrency
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
        case (".", 1) where isCommaDecimal && last.utf8.count == 3 && groups[0].utf8.count <= 3: return parts.joined()
        case (".", 1): break
        case (",", 1) where last.utf8.count <= 2: break
        // Two signs: the last one is before the cents when it differs from the others.
        case (_, 2...) where isGrouped && signs.first != sign: break
        case (",", 2...) where isGrouped && last.utf8.count == 3 && signs.first == sign: return parts.joined()
        case (".", 2...) where isGrouped && last.utf8.count == 3 && signs.first == sign: return parts.joined()
        default: return nil
        }
        var cents = last
        while cents.last == "0" { cents.removeLast() }
        return cents.isEmpty ? groups.joined() : "\(groups.joined()).\(cents)"
    }

    /// What stands before the cents of a price, where that is beyond doubt.
    var centsSign: Character? {
        let plain = withoutCurrency
        guard let place = plain.lastIndex(where: { $0 == "," || $0 == "." }) else { return nil }
        let cents = plain[plain.index(after: place)...]
        return cents.isDigits && cents.utf8.count <= 2 ? plain[place] : nil
    }

    /// Both readings of a doubtful price.
    var twoReadings: (thousands: String, cents: String)? {
        let parts = withoutCurrency.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy(\.isDigits), parts[1].utf8.count == 3 else { return nil }
        return (parts.joined(), parts.joined(separator: "."))
    }

    private var withoutCurrency: String {
        var text = Substring(written)
        if let first = text.first, Self.currencySigns.contains(first) { text = text.dropFirst() }
        if let last = text.last, Self.currencySigns.contains(last) { text = text.dropLast() }
        return String(text).written
    }

    private static let currencySigns: Set<Character> = ["$", "€", "£", "¥"]
}

extension Unicode.Scalar {
    fileprivate var isMargin: Bool {
        // The mark is left behind where files were put together.
        properties.isWhitespace || self == "\u{FEFF}"
    }
}

extension StringProtocol {
    fileprivate var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
