import Core
import FoundationXML
import Testing

@testable import Flows

struct DemoPictureTests {
    private static let all = DemoPicture.things.indices.flatMap { thing in
        (0..<DemoPicture.variety).map { DemoPicture(thing: thing, number: $0) }
    }

    @Test func everyNameIsOfOnePictureAndLeadsBackToIt() {
        #expect(Set(Self.all.map(\.name)).count == DemoPicture.things.count * DemoPicture.variety)
        for picture in Self.all {
            #expect(DemoPicture(name: picture.name) == picture)
            #expect(picture.path == "/demo/pictures/\(picture.name)")
        }
    }

    @Test func picturesAreWellFormedAndSmallAndAskForNothing() {
        for picture in Self.all {
            let svg = picture.svg
            let parser = XMLParser(data: .init(svg.utf8))
            #expect(parser.parse(), "\(picture.name): \(String(describing: parser.parserError))")
            #expect(svg.utf8.count < 4_000, "\(picture.name)")
            for word in ["href", "script", "style", "onload", "http://www.w3.org/1999"] {
                #expect(!svg.contains(word), "\(picture.name): \(word)")
            }
        }
    }

    @Test func picturesDifferAndStayTheSame() {
        let drawn = Self.all.map(\.svg)
        #expect(Set(drawn).count == drawn.count)
        #expect(drawn == Self.all.map(\.svg))
    }

    @Test(arguments: [
        "", "-", "bowl", "bowl-", "bowl-40", "bowl--1", "bowl-+1", "bowl-01", "bowl-1-1", "moon-1", "Bowl-1", "<b>-1",
        "bowl-1\"", "bowl-1.svg", "bowl-99999999999999999999", "../bowl-1",
    ])
    func otherNamesAreOfNoPicture(name: String) {
        #expect(DemoPicture(name: name) == nil)
    }

    @Test func numbersCountRound() {
        let (things, variety) = (DemoPicture.things.count, DemoPicture.variety)
        #expect(DemoPicture(thing: things + 2, number: variety + 3) == DemoPicture(thing: 2, number: 3))
    }

    @Test func whatIsForSaleCanBeDrawn() {
        for product in DemoCatalog.shops.flatMap(\.products) {
            for colour in product.colours {
                let picture = product.picture(colour, product.scene)
                #expect(DemoPicture(name: picture.name) == picture)
            }
        }
    }

    @Test func captionsSpeakOfWhatIsSeen() {
        var random = SplitMix64(seed: 5)
        let picture = DemoPicture("stool", "olive", .sun)
        let captions = Set((0..<200).map { _ in DemoWords.caption(of: picture, &random) })
        #expect(captions.contains("An olive stool, finished at last"))
        #expect(captions.allSatisfy { !$0.contains("{") && !$0.contains("a olive") })
    }
}
