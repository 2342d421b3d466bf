/// A picture of the demonstration: drawn by the program, so that nobody's licence is in it. SVG of some 2 KB.
///
/// Its name says all of it: `bowl-13` is a thing, and a number that stands for colours and for what is around it. The
/// same name is the same picture for ever.
package struct DemoPicture: Sendable, Hashable {
    let thing: DemoThing
    let palette: DemoPalette
    let scene: DemoScene

    package static let things = DemoThing.all.map(\.name)
    /// Numbers of pictures of each thing.
    package static let variety = DemoPalette.all.count * DemoScene.allCases.count

    /// - Parameters: any numbers that are not negative: they count round.
    package init(thing: Int, number: Int) {
        self.init(
            DemoThing.all[thing % DemoThing.all.count], DemoPalette.all[number % DemoPalette.all.count],
            DemoScene.allCases[number / DemoPalette.all.count % DemoScene.allCases.count])
    }

    /// - Parameters: names of what there is.
    init(_ thing: String, _ colour: String, _ scene: DemoScene) {
        guard let thing = DemoThing.all.first(where: { $0.name == thing }),
            let palette = DemoPalette.all.first(where: { $0.name == colour })
        else { preconditionFailure("a \(colour) \(thing) cannot be drawn") }
        self.init(thing, palette, scene)
    }

    private init(_ thing: DemoThing, _ palette: DemoPalette, _ scene: DemoScene) {
        self.thing = thing
        self.palette = palette
        self.scene = scene
    }

    /// Nil for what no picture is called.
    package init?(name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let thing = Self.things.firstIndex(of: String(parts[0])), let number = Int(parts[1]),
            (0..<Self.variety).contains(number), String(number) == parts[1]
        else { return nil }
        self.init(thing: thing, number: number)
    }

    package var name: String { "\(thing.name)-\(scene.rawValue * DemoPalette.all.count + palette.number)" }
    /// Where the server has it.
    package var path: String { "/demo/pictures/\(name)" }
    package var alt: String { "\(palette.name.withArticle) \(thing.name)".capitalisedFirst }

    /// The same thing in the same colour, elsewhere.
    func elsewhere() -> DemoPicture {
        DemoPicture(thing, palette, DemoScene.allCases[(scene.rawValue + 1) % DemoScene.allCases.count])
    }
}

extension String {
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
    /// "an olive", "a blue".
    var withArticle: String { (first.map("aeiou".contains) == true ? "an " : "a ") + self }
}
