/// One of a set of words that the server may add to. A word that this edition does not know is kept as it came, so that
/// an old client reads a new server's answers.
public protocol Choice: RawRepresentable, Codable, Hashable, Sendable, ExpressibleByStringLiteral
where RawValue == String {
    init(rawValue: String)
}

extension Choice {
    public init(stringLiteral value: String) {
        self.init(rawValue: value)
    }
}
