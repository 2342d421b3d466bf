/// What is around a thing.
enum DemoScene: Int, Sendable, Hashable, CaseIterable {
    case sun, arch, window, shapes

    func drawing(_ palette: DemoPalette) -> String {
        switch self {
        case .sun:
            "<circle cx=\"68\" cy=\"34\" r=\"25\" fill=\"\(palette.accent)\" opacity=\".28\"/>"
        case .arch:
            "<path d=\"M18 66V42A32 32 0 0 1 82 42V66Z\" fill=\"#fff\" opacity=\".42\"/>"
        case .window:
            "<path d=\"M-6 66L26 0H44L12 66ZM22 66L54 0H72L40 66ZM50 66L82 0H100L68 66Z\" fill=\"#fff\" opacity=\".3\"/>"
        case .shapes:
            "<path d=\"M0 66V30A22 22 0 0 1 22 52V66Z\" fill=\"\(palette.accent)\" opacity=\".3\"/>"
                + "<circle cx=\"84\" cy=\"18\" r=\"11\" fill=\"\(palette.tone.middle)\" opacity=\".22\"/>"
                + "<path d=\"M78 66A16 16 0 0 1 110 66Z\" fill=\"#fff\" opacity=\".5\"/>"
        }
    }
}

extension DemoPicture {
    package var svg: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="800" height="800" role="img">\
        <title>\(alt)</title><defs>\(definitions)</defs>\
        <rect width="100" height="100" fill="url(#wall)"/>\(scene.drawing(palette))\
        <rect y="66" width="100" height="34" fill="\(palette.table)"/>\
        <rect y="66" width="100" height="34" fill="url(#fall)"/>\
        <ellipse cx="53" cy="84.5" rx="36" ry="5" fill="url(#shadow)"/>\
        \(thing.layers.map(drawing).joined())</svg>
        """
    }

    private var definitions: String {
        gradient("wall", "x2=\"1\" y2=\"1\"", [(0, palette.wall.light), (1, palette.wall.dark)])
            + gradient("fall", "x2=\"0\" y2=\"1\"", [(0, "#ffffff40"), (1, "#0000001f")])
            + gradient(
                "body", "x2=\"1\" y2=\".25\"",
                [(0, palette.tone.light), (0.45, palette.tone.middle), (1, palette.tone.dark)])
                + """
                <radialGradient id="shadow"><stop offset="0" stop-opacity=".42"/><stop offset="1" stop-opacity="0"/>\
                </radialGradient>
                """
            + "<pattern id=\"grain\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">\(grain)</pattern>"
    }

    private func gradient(_ id: String, _ direction: String, _ stops: [(Double, String)]) -> String {
        "<linearGradient id=\"\(id)\" x1=\"0\" y1=\"0\" \(direction)>"
            + stops.map { "<stop offset=\"\($0)\" stop-color=\"\($1)\"/>" }.joined() + "</linearGradient>"
    }

    /// What the material looks like from near: threads and squares, or speckles and bands of a glaze.
    private var grain: String {
        let light = palette.tone.light
        func lines(_ path: String, _ width: Double) -> String {
            "<path d=\"\(path)\" stroke=\"\(light)\" stroke-width=\"\(width)\" opacity=\".5\"/>"
        }
        switch (thing.isWoven, (palette.number + scene.rawValue) % 3) {
        case (true, 0): return lines("M0 2H8M0 6H8", 1.6)
        case (true, 1): return "<path d=\"M0 0H4V4H0ZM4 4H8V8H4Z\" fill=\"\(light)\" opacity=\".4\"/>"
        case (true, _): return lines("M0 8L8 0M-2 2L2-2M6 10L10 6", 1.4)
        case (false, 0):
            return "<circle cx=\"2\" cy=\"2\" r=\".6\" fill=\"\(light)\"/>"
                + "<circle cx=\"6\" cy=\"5\" r=\".45\" fill=\"\(palette.tone.dark)\"/>"
        case (false, 1): return lines("M0 4H8", 1)
        case (false, _): return ""
        }
    }

    private func drawing(_ layer: DemoThing.Layer) -> String {
        func area(_ fill: String) -> String { "<path d=\"\(layer.path)\" fill=\"\(fill)\"/>" }
        func lines(_ stroke: String, _ width: Double) -> String {
            "<path d=\"\(layer.path)\" fill=\"none\" stroke=\"\(stroke)\" stroke-width=\"\(width)\" stroke-linecap=\"round\"/>"
        }
        switch layer.paint {
        case .body: return area("url(#body)") + area("url(#grain)")
        case .plain: return area("url(#body)")
        case .dark: return area(palette.tone.dark)
        case .light: return area("#fbf7ef")
        case .accent: return area(palette.accent)
        case .leaf: return area("#4f7d4a")
        case .glow: return area("#fff3c48c")
        case .handle: return lines(palette.tone.middle, 4)
        case .thread: return lines(palette.tone.dark, 1)
        case .shine: return lines("#ffffff80", 1.6)
        }
    }
}
