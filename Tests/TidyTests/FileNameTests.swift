import Foundation
import Testing

/// A file is one concept and is named by it.
@Suite struct FileNameTests {
    @Test func noFileIsNamedForWhatItIsNotAbout() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
        #expect(!paths.isEmpty)
        let vague = paths.filter { path in
            let names = path.replacing(".swift", with: "").split(separator: "/")
            return ["Utils", "Helpers", "Common", "Extensions", "Misc"].contains { word in
                names.contains { $0 == word || $0.hasSuffix("+\(word)") }
            }
        }
        #expect(vague == [])
    }
}
