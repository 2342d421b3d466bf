/// A picture of the demonstration: drawn by the program, so that nobody's licence is in it. SVG, some 600 bytes.
///
/// Its name says all of it, `bowl-3`: a thing and a palette.
package struct DemoPicture: Sendable, Equatable {
    /// Things, with their outline in a square of 100.
    private static let outlines: [(thing: String, path: String)] = [
        ("bowl", "M18 46H82C82 68 68 80 50 80S18 68 18 46Z"),
        ("vase", "M42 18H58V32C74 42 74 74 60 84H40C26 74 26 42 42 32Z"),
        (
            "cup",
            "M24 34H68V42H76A10 10 0 0 1 76 66H68V68A14 14 0 0 1 54 82H38A14 14 0 0 1 24 68ZM68 48V60H75A6 6 0 0 0 75 48Z"
        ),
        ("lamp", "M36 18H64L78 52H54V74H66V82H34V74H46V52H22Z"),
        ("cushion", "M22 26Q50 34 78 26Q70 52 78 78Q50 70 22 78Q30 52 22 26Z"),
        ("plate", "M50 18A32 32 0 1 0 50 82A32 32 0 1 0 50 18ZM50 32A18 18 0 1 1 50 68A18 18 0 1 1 50 32Z"),
        ("bag", "M28 40H36A14 18 0 0 1 64 40H72L78 84H22ZM42 40H58A8 11 0 0 0 42 40Z"),
        ("candle", "M50 14Q60 26 50 34Q40 26 50 14ZM36 38H64V84H36Z"),
    ]
    /// Two colours of the ground and one of the thing.
    private static let palettes: [(String, String, String)] = [
        ("#f6d8ae", "#e8a87c", "#9c3d2a"), ("#cfe3e2", "#8fb8b5", "#1f4e5a"), ("#efe3f4", "#c2a6d3", "#5b3a73"),
        ("#e4ecd3", "#a9c27f", "#42602b"), ("#fbe2dd", "#f0a8a0", "#8c2f39"), ("#dfe7f5", "#9db4dc", "#2b3f73"),
        ("#f4ecd8", "#d9c28f", "#6b4f1d"), ("#e3e3e3", "#b3b3b3", "#3a3a3a"),
    ]

    package static let things = outlines.map(\.thing)
    package static let paletteCount = palettes.count

    private let thing: Int
    private let palette: Int

    /// - Parameters: any numbers: they count round.
    package init(thing: Int, palette: Int) {
        self.thing = thing % Self.outlines.count
        self.palette = palette % Self.palettes.count
    }

    /// Nil for what no picture is called.
    package init?(name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let thing = Self.things.firstIndex(of: String(parts[0])),
            let palette = Int(parts[1]), Self.palettes.indices.contains(palette), String(palette) == parts[1]
        else { return nil }
        self.init(thing: thing, palette: palette)
    }

    package var name: String { "\(Self.things[thing])-\(palette)" }
    /// Where the server has it.
    package var path: String { "/demo/pictures/\(name)" }
    package var alt: String { "A \(Self.things[thing])" }

    package var svg: String {
        let (light, dark, ink) = Self.palettes[palette]
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="800" height="800" role="img">\
            <title>\(alt)</title>\
            <defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="\(light)"/>\
            <stop offset="1" stop-color="\(dark)"/></linearGradient></defs>\
            <rect width="100" height="100" fill="url(#g)"/>\
            <ellipse cx="50" cy="86" rx="34" ry="5" fill="#000" opacity=".15"/>\
            <path d="\(Self.outlines[thing].path)" fill="\(ink)" fill-rule="evenodd"/></svg>
            """
    }
}
