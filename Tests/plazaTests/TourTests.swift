import Foundation
import PlazaTesting
import Testing

extension ServerTests {
    @Suite struct TourTests {
        @Test func theTourInTheReadmeGoesAsPrinted() async throws {
            let readme = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
            let tour = Tour(try String(contentsOf: readme, encoding: .utf8), section: "A ten-minute tour")
            #expect(tour.steps.count >= 10)
            try await withTemporaryDirectory { directory in
                // As `make run` starts it, and where it leaves the binary.
                let release = directory + "/.build-release/release"
                try FileManager.default.createDirectory(atPath: release, withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(
                    atPath: release + "/plaza", withDestinationPath: try PlazaCommand.executable())
                try await withServer(in: directory + "/plaza-data", ["PLAZA_PAYMENT_PROVIDER": "test"]) { server in
                    let outputs = try await tour.run(
                        in: directory, replacing: "127.0.0.1:8080", with: "127.0.0.1:\(server.port)")
                    try #require(outputs.count == tour.steps.count)
                    for (step, output) in zip(tour.steps, outputs) {
                        let isAsPrinted = step.accepts(output)
                        #expect(isAsPrinted, "$ \(step.command)\n\(output)")
                    }
                }
            }
        }
    }
}

@Suite struct TourReadingTests {
    @Test func aTourIsReadFromItsSectionAlone() {
        let document = """
            ## Before
            ```console
            $ no
            ```
            ## Tour
            Words.
            ```console
            $ echo one
            one
            $ x=1
            ```
            ```swift
            $ no
            ```
            ```console
            $ cat file
            a

            b
            ```
            ## After
            ```console
            $ no
            ```
            """
        let expected = [
            Tour.Step(command: "echo one", expected: ["one"]), Tour.Step(command: "x=1"),
            Tour.Step(command: "cat file", expected: ["a", "", "b"]),
        ]
        #expect(Tour(document, section: "Tour").steps == expected)
    }

    @Test(arguments: [
        ("a\n", ["a"], true), ("", [], true), ("a\n", [], false), ("acc_123 x\n", ["acc_… x"], true),
        ("acc_123 y\n", ["acc_… x"], false), ("{\n1\n2\n}\n", ["{", "…", "}"], true),
        ("{\n}\n", ["{", "…x", "}"], false),
        ("axbxc\n", ["a…b…c"], true), ("acb\n", ["a…b…c"], false), ("anything\n\nat all\n", ["…"], true),
    ])
    func anEllipsisStandsForAnything(_ output: String, _ expected: [String], _ isAccepted: Bool) {
        #expect(Tour.Step(command: "", expected: expected).accepts(output) == isAccepted)
    }

    @Test func aTourRunsInOneShell() async throws {
        let document = """
            ## Tour
            ```console
            $ WORD=http://127.0.0.1:8080
            $ echo $WORD | tee file
            $ cat file nothing
            ```
            """
        try await withTemporaryDirectory { directory in
            let tour = Tour(document, section: "Tour")
            let outputs = try await tour.run(in: directory, replacing: "127.0.0.1:8080", with: "there")
            #expect(outputs == ["", "http://there\n", "http://there\ncat: nothing: No such file or directory\n"])
        }
    }
}
