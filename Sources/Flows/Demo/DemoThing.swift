/// Something that can be drawn, in a square of 100 with the table's edge behind it at 66 and its own foot at 84.
struct DemoThing: Sendable, Hashable {
    let name: String
    /// From back to front.
    let layers: [Layer]
    /// Of cloth and wicker: it has threads where others have a glaze.
    let isWoven: Bool

    struct Layer: Sendable, Hashable {
        let paint: Paint
        /// SVG path data.
        let path: String
    }

    enum Paint: Sendable, Hashable {
        /// Round, and with the pattern of its material.
        case body
        /// Round and plain.
        case plain
        case dark, light, accent, leaf
        /// What gives light.
        case glow
        /// Lines instead of areas: thick and thin ones, and reflections.
        case handle, thread, shine
    }

    private init(_ name: String, isWoven: Bool = false, _ layers: (paint: Paint, path: String)...) {
        self.name = name
        self.isWoven = isWoven
        self.layers = layers.map { Layer(paint: $0.paint, path: $0.path) }
    }

    private static func ellipse(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
        "M\(x - width) \(y)A\(width) \(height) 0 0 1 \(x + width) \(y)A\(width) \(height) 0 0 1 \(x - width) \(y)Z"
    }

    static let all = crockery + textiles + rooms

    private static let crockery = [
        DemoThing(
            "bowl", (.body, "M16 50H84C84 70 70 84 50 84S16 70 16 50Z"), (.dark, ellipse(50, 50, 34, 7)),
            (.plain, ellipse(50, 51.5, 30, 5)), (.shine, "M24 60Q28 71 37 77")),
        DemoThing(
            "vase", (.thread, "M50 24C50 14 46 10 41 4M50 24C52 12 58 10 63 6"),
            (.leaf, "M41 4Q30 6 29 16Q39 15 41 4ZM63 6Q74 6 77 16Q66 17 63 6ZM49 16Q40 18 38 27Q47 26 49 16Z"),
            (.body, "M43 24C44 36 42 40 36 47C25 61 30 78 38 84H62C70 78 75 61 64 47C58 40 56 36 57 24Z"),
            (.dark, ellipse(50, 24, 7, 2)), (.shine, "M37 56Q33 66 38 75")),
        DemoThing(
            "cup", (.light, ellipse(49, 83, 34, 4.5)), (.handle, "M69 50C85 47 85 69 67 69"),
            (.body, "M28 42H70V62A20 20 0 0 1 54 82H44A20 20 0 0 1 28 62Z"), (.light, ellipse(49, 42, 21, 5)),
            (.dark, ellipse(49, 43, 18, 3.6)), (.shine, "M42 33C38 27 46 23 42 15M55 33C51 27 59 23 55 15")),
        DemoThing(
            "teapot", (.handle, "M32 52C12 44 12 78 33 75"),
            (.plain, "M68 58C80 57 80 45 89 40L93 44C86 52 84 70 69 74Z"),
            (.body, "M26 61C26 45 37 38 50 38S74 45 74 61S65 84 50 84S26 77 26 61Z"),
            (.dark, "M36 41A14 8 0 0 1 64 41A30 9 0 0 1 36 41Z"), (.accent, ellipse(50, 31.5, 4, 4)),
            (.shine, "M34 54Q31 63 35 71")),
        DemoThing(
            "plate", (.dark, ellipse(50, 53, 33, 33)), (.body, ellipse(50, 52, 33, 32)),
            (.light, ellipse(50, 52, 22, 21.5)), (.plain, ellipse(50, 53, 20.5, 20)),
            (.shine, "M25 42Q31 29 44 25")),
        DemoThing(
            "bottle", (.dark, "M45 18H55V26H45Z"),
            (.body, "M46 26H54C54 36 64 38 64 50V80A4 4 0 0 1 60 84H40A4 4 0 0 1 36 80V50C36 38 46 36 46 26Z"),
            (.light, "M36 56H64V74H36Z"), (.accent, "M41 62H59V64H41ZM44 67H56V68.5H44Z"), (.shine, "M41 48V54")),
        DemoThing(
            "candle", (.glow, ellipse(50, 30, 26, 26)), (.accent, "M50 20Q60 34 50 41Q40 34 50 20Z"),
            (.thread, "M50 38V46"), (.body, "M34 46H66V80A16 4 0 0 1 34 80Z"), (.light, ellipse(50, 46, 16, 4)),
            (.shine, "M39 54V72")),
    ]

    private static let textiles = [
        DemoThing(
            "cushion", isWoven: true, (.accent, ellipse(20, 33, 3.5, 3.5) + ellipse(80, 33, 3.5, 3.5)),
            (.accent, ellipse(20, 82, 3.5, 3.5) + ellipse(80, 82, 3.5, 3.5)),
            (.body, "M20 33Q50 41 80 33Q73 58 80 83Q50 77 20 83Q27 58 20 33Z"),
            (.shine, "M28 42Q50 47 70 42")),
        DemoThing(
            "blanket", isWoven: true, (.plain, "M20 68H80A8 8 0 0 1 80 84H20A8 8 0 0 1 20 68Z"),
            (.accent, "M24 53H76A7.5 7.5 0 0 1 76 68H24A7.5 7.5 0 0 1 24 53Z"),
            (.body, "M22 37H78A8 8 0 0 1 78 53H22A8 8 0 0 1 22 37Z"), (.thread, "M22 76H78M26 60.5H74")),
        DemoThing(
            "scarf", isWoven: true, (.dark, ellipse(50, 19, 3, 3)),
            (.plain, "M44 22C52 20 60 24 60 32L66 76H51L46 40Z"),
            (.body, "M56 22C48 20 40 24 40 32L33 80H49L54 40Z"),
            (.thread, "M34 80V86M38 80V86M42 80V86M46 80V86M53 76V82M57 76V82M61 76V82M65 76V82")),
        DemoThing(
            "sweater", isWoven: true,
            (.body, "M38 26C44 33 56 33 62 26L84 40L77 58L70 54V84H30V54L23 58L16 40Z"),
            (.accent, "M30 58H70V63H30ZM30 67H70V69H30Z"), (.dark, "M37 26C44 36 56 36 63 26L60 25C55 31 45 31 40 25Z"),
            (.dark, "M30 80H70V84H30Z")),
        DemoThing(
            "bag", isWoven: true, (.handle, "M37 46V36A13 15 0 0 1 63 36V46"), (.body, "M25 44H75L81 84H19Z"),
            (.light, "M40 58H60V72H40Z"), (.accent, "M44 63H56V64.5H44ZM46 67H54V68.2H46Z")),
        DemoThing(
            "hat", isWoven: true, (.dark, ellipse(50, 75, 40, 9)), (.plain, ellipse(50, 73.5, 38, 7.5)),
            (.body, "M28 72C28 45 37 38 50 38S72 45 72 72C60 78 40 78 28 72Z"),
            (.accent, "M28 65C40 71 60 71 72 65V72C60 78 40 78 28 72Z")),
        DemoThing(
            "sneaker", (.body, "M16 58C26 63 36 56 40 44L57 50C61 62 76 63 86 70V78H16Z"),
            (.dark, "M16 58C21 60 27 60 31 57L27 78H16Z"), (.accent, "M62 62Q54 72 40 74L44 77Q60 75 66 64Z"),
            (.light, "M14 77H88V81A3 3 0 0 1 85 84H17A3 3 0 0 1 14 81Z"),
            (.shine, "M43 52L52 50M45 57L56 54M49 62L60 58")),
        DemoThing(
            "basket", isWoven: true, (.handle, "M26 54C26 20 74 20 74 54"),
            (.accent, ellipse(38, 50, 9, 9) + ellipse(62, 50, 8, 8)), (.leaf, ellipse(50, 47, 10, 9)),
            (.body, "M19 52H81L74 84H26Z"), (.dark, "M17 50H83V56H17Z")),
    ]

    private static let rooms = [
        DemoThing(
            "lamp", (.glow, "M24 50L6 84H94L76 50Z"), (.dark, "M48 48H52V82H48Z"),
            (.dark, "M33 84A17 6 0 0 1 67 84Z"), (.body, "M36 16H64L79 50H21Z"), (.light, "M20.6 48H79.4V51H20.6Z"),
            (.shine, "M37 22L29 42")),
        DemoThing(
            "stool", (.dark, "M29 52H35L29 84H23ZM71 52H65L71 84H77ZM47 52H53V84H47Z"), (.dark, "M28 70H72V73H28Z"),
            (.body, "M23 44H77A4 4 0 0 1 77 53H23A4 4 0 0 1 23 44Z"),
            (.accent, "M26 44C26 35 74 35 74 44Z"), (.shine, "M34 40Q42 38 50 38")),
        DemoThing(
            "plant",
            (
                .leaf,
                "M50 56C28 52 22 36 25 18C44 24 51 40 50 56ZM50 56C72 52 79 38 77 22C59 27 49 40 50 56Z"
                    + "M50 56C41 38 44 18 50 5C57 18 59 38 50 56Z"
            ), (.body, "M33 58H67L62 84H38Z"), (.dark, "M31 53H69V60H31Z"), (.shine, "M39 64L42 79")),
        DemoThing(
            "mirror", (.dark, "M44 70H56L61 84H39Z"), (.body, ellipse(50, 42, 31, 31)),
            (.light, ellipse(50, 42, 25.5, 25.5)), (.shine, "M36 46L50 28M40 54L60 30")),
        DemoThing(
            "notebook", (.light, "M32 28H74V86H32Z"),
            (.body, "M30 24H68A3 3 0 0 1 71 27V81A3 3 0 0 1 68 84H30Z"), (.dark, "M27 24H36V84H27Z"),
            (.accent, "M61 24H64.5V84H61Z"), (.light, "M41 36H56V46H41Z")),
        DemoThing(
            "pendant", (.thread, "M24 8C26 40 40 50 50 54C60 50 74 40 76 8"), (.accent, ellipse(50, 54, 3.5, 3.5)),
            (.body, "M50 54C64 68 62 82 50 82S36 68 50 54Z"), (.shine, "M44 70Q44 75 47 77")),
    ]
}
