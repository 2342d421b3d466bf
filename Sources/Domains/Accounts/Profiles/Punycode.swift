/// Labels of domain names in ASCII: https://www.rfc-editor.org/rfc/rfc3492
enum Punycode {
    private static let prefix = "xn--"
    private static let (base, tMin, tMax, skew, damp) = (36, 1, 26, 38, 700)
    private static let (initialBias, initialN) = (72, 0x80)
    /// Octets of a label (RFC 1035 §2.3.4), which also bounds what decoding may come to.
    private static let labelLengthMax = 63

    /// - Returns: `xn--mnchen-3ya` for `münchen`; nil for a label that is ASCII or becomes too long.
    static func asciiLabel(_ label: Substring) -> String? {
        let scalars = label.unicodeScalars.map { Int($0.value) }
        guard scalars.contains(where: { $0 >= initialN }), scalars.count < labelLengthMax else { return nil }
        var output = scalars.filter { $0 < initialN }.map { UInt8($0) }
        let basicCount = output.count
        if basicCount > 0 { output.append(UInt8(ascii: "-")) }
        var (n, delta, bias, handled) = (initialN, 0, initialBias, basicCount)
        while handled < scalars.count {
            guard let next = scalars.filter({ $0 >= n }).min() else { return nil }
            delta += (next - n) * (handled + 1)
            n = next
            for scalar in scalars {
                if scalar < n { delta += 1 }
                guard scalar == n else { continue }
                appendDigits(of: delta, bias: bias, to: &output)
                bias = adapted(delta, count: handled + 1, isFirst: handled == basicCount)
                (delta, handled) = (0, handled + 1)
            }
            (delta, n) = (delta + 1, n + 1)
        }
        let text = prefix + String(decoding: output, as: UTF8.self)
        return text.utf8.count <= labelLengthMax ? text : nil
    }

    /// - Returns: `münchen` for `xn--mnchen-3ya`; nil for a label that is not encoded, or not well.
    static func readLabel(_ label: Substring) -> String? {
        guard label.hasPrefix(prefix), label.utf8.count <= labelLengthMax else { return nil }
        let encoded = Array(label.utf8.dropFirst(prefix.utf8.count))
        let dash = encoded.lastIndex(of: UInt8(ascii: "-"))
        var output = dash.map { encoded[..<$0].map { Int($0) } } ?? []
        var rest = encoded[(dash.map { $0 + 1 } ?? 0)...]
        var (n, index, bias) = (initialN, 0, initialBias)
        while !rest.isEmpty {
            let before = index
            guard let delta = number(from: &rest, bias: bias) else { return nil }
            index += delta
            let count = output.count + 1
            bias = adapted(index - before, count: count, isFirst: before == 0)
            n += index / count
            index %= count
            guard n <= 0x10FFFF else { return nil }
            output.insert(n, at: index)
            index += 1
        }
        let scalars = output.compactMap { Unicode.Scalar(UInt32($0)) }
        guard scalars.count == output.count else { return nil }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func appendDigits(of delta: Int, bias: Int, to output: inout [UInt8]) {
        var (rest, k) = (delta, base)
        while true {
            let threshold = min(max(k - bias, tMin), tMax)
            guard rest >= threshold else { break }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            k += base
        }
        output.append(digit(rest))
    }

    /// - Returns: nil where it breaks off, or is larger than any label can mean.
    private static func number(from rest: inout ArraySlice<UInt8>, bias: Int) -> Int? {
        var (value, weight, k) = (0, 1, base)
        while let byte = rest.popFirst() {
            guard let digit = self.value(of: byte) else { return nil }
            value += digit * weight
            guard value <= 0x10FFFF * labelLengthMax else { return nil }
            let threshold = min(max(k - bias, tMin), tMax)
            if digit < threshold { return value }
            weight *= base - threshold
            guard weight < 1 << 50 else { return nil }
            k += base
        }
        return nil
    }

    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var k = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + skew)
    }

    private static func digit(_ value: Int) -> UInt8 {
        UInt8(value < 26 ? value + 0x61 : value - 26 + 0x30)
    }

    private static func value(of byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 0x61
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 0x41
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 0x30 + 26
        default: nil
        }
    }
}
