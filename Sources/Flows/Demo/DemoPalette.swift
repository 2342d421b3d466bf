/// Colours that go together: a wall, the table before it, and the three tones of a thing.
struct DemoPalette: Sendable, Hashable {
    let number: Int
    /// What a thing of this colour is called.
    let name: String
    let wall: (light: String, dark: String)
    let table: String
    let tone: (light: String, middle: String, dark: String)
    let accent: String

    private init(_ number: Int, _ name: String, _ colours: String) {
        let hex = colours.split(separator: " ").map { "#\($0)" }
        precondition(hex.count == 7, "seven colours")
        self.number = number
        self.name = name
        (wall, table, tone, accent) = ((hex[0], hex[1]), hex[2], (hex[3], hex[4], hex[5]), hex[6])
    }

    static let all = [
        ("terracotta", "f9e7d6 f1cdac d99f78 dc8f68 b85c38 7f3721 2f6b66"),
        ("blue", "e9f0f7 c5d8eb 9fb9d6 7799d3 34599f 1c3566 f2b65a"),
        ("teal", "e4f3f0 bcded8 8fbfb7 55aaa0 1f6f69 0f4440 f28f6b"),
        ("olive", "f1f4e3 d6e0b6 b1c185 9cb35e 5f7a2f 3a4d1a e8b64c"),
        ("coral", "fdece8 f9cec5 e9a89b f39a90 d05a5d 8f3340 3d6b8c"),
        ("violet", "f3edf9 d9c9ed b8a0d8 ab8fd4 6d4aa3 432a6b f3c65d"),
        ("golden", "fdf5da f8e09f e2b75c f4c04c cf8a17 8a560a 31576b"),
        ("cream", "dfd3bf c7b597 a48d69 fdfaf3 ece3d2 b9a687 a5502f"),
        ("charcoal", "efefef d2d2d6 aeaeb5 74747d 3c3c44 1f1f25 e2a23a"),
        ("walnut", "f4e9dd e3ccb2 c39c74 b07d52 774a28 472a14 7fa08a"),
    ].enumerated().map { DemoPalette($0, $1.0, $1.1) }

    static func == (left: Self, right: Self) -> Bool { left.number == right.number }
    func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
