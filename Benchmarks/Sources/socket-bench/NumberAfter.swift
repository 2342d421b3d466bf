/// Reads the number that follows a name, such as `"offset":`.
///
/// Messages of a run look alike, so it looks first where it found the last: a million are read in a second that way.
struct NumberAfter {
    private let name: [UInt8]
    private var guess = 0

    init(_ name: String) {
        self.name = Array(name.utf8)
    }

    mutating func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        if !isName(bytes, guess) {
            guard let found = bytes.indices.first(where: { isName(bytes, $0) }) else { return nil }
            guess = found
        }
        var (number, position) = (Int64(0), guess + name.count)
        while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            number = number &* 10 &+ Int64(digit)
            position += 1
        }
        return number
    }

    private func isName(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Bool {
        guard place + name.count <= bytes.count else { return false }
        for offset in name.indices where bytes[place + offset] != name[offset] { return false }
        return true
    }
}
