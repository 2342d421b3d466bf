import App
import Testing

/// Rules that a compiler does not know.
@Suite struct HouseRuleTests {
    @Test func nobodyReachesAroundTheHouse() throws {
        let tree = SourceTree(files: try SourceTree.files(in: "Sources"))
        #expect(tree.lines(with: " print(", "(print(") == [], "what is said goes through Output or the logger")
        #expect(tree.lines(with: "try!", " as! ") == [], "what can fail is handled")
        #expect(tree.lines(with: "fatalError") == [], "a precondition says what was broken")
        #expect(tree.lines(with: " Date()", "(Date()", "UUID()") == [], "time is WallClock's, ids are IDGenerator's")
        #expect(tree.lines(with: "Task.detached", " Task {") == [], "long work is a Service or a job")
    }

    @Test func whatIsUncheckedIsProvenInASentence() throws {
        for file in try SourceTree.files(in: "Sources", "Tests") where !file.path.hasPrefix("Tests/TidyTests") {
            for (index, line) in file.codeLines.enumerated() {
                guard line.offset(of: "@unchecked Sendable") ?? line.offset(of: "nonisolated(unsafe)") != nil else {
                    continue
                }
                let before = index > 0 ? file.lines[index - 1].drop { $0 == " " } : ""
                #expect(before.hasPrefix("//"), "\(file.path):\(index + 1)")
            }
        }
    }

    /// One statement cuts timelines to their length, inside an index and a bound.
    @Test func pagesAreNotCountedThrough() throws {
        let offsets = SourceTree(files: try SourceTree.files(in: "Sources")).lines(with: "OFFSET ")
        let unexpected = offsets.filter { !$0.contains("limits.timelineEntriesMax") }
        #expect(unexpected == [])
        #expect(offsets.count <= 1)
    }

    @Test func filesAreShortAndNamedByWhatTheyHold() throws {
        for file in try SourceTree.files(in: "Sources", "Tests") {
            #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines")
            let isVague = file.name.contains(/Utils|Helper|Common\.|Extensions|Misc|Manager/)
            #expect(!isVague, "\(file.path)")
        }
    }

    @Test func nothingIsLeftForLater() throws {
        for file in try SourceTree.files(in: "Sources", "Tests") where !file.path.hasPrefix("Tests/TidyTests") {
            for marker in ["TODO", "FIXME", "XXX:", "HACK"] {
                #expect(file.text.offset(of: marker) == nil, "\(file.path) says \(marker)")
            }
        }
    }

    @Test func nobodysMachineIsInTheText() throws {
        var files = try SourceTree.files(in: "Sources", "Tests")
        for suffix in [".md", ".py", ".sh", ".swift"] {
            files += try SourceTree("docs", "Benchmarks", suffix: suffix).files
        }
        for path in ["README.md", "CHANGELOG.md", "Makefile", "scripts/setup", "scripts/bench"] {
            files.append(.init(path: path, text: try SourceTree.text(of: path)))
        }
        for file in files where !file.path.hasPrefix("Tests/TidyTests") {
            for place in ["/work/", "/root/", "/home/", "/Users/"] {
                #expect(file.text.offset(of: place) == nil, "\(file.path) speaks of \(place)")
            }
        }
    }

    @Test func aRouteIsDeclaredOnce() throws {
        var seen: [String: String] = [:]
        for file in try SourceTree.files(in: "Sources") {
            let text = file.codeLines.filter { $0.offset(of: ", \"/") != nil }.joined(separator: "\n")
            for match in text.matches(of: /\.(get|post|put|patch|delete), "(\/[^"\\]*)",/) {
                let route = "\(match.1) \(match.2)"
                let other = seen.updateValue(file.path, forKey: route)
                #expect(other == nil, "\(route) is in \(file.path) and \(other ?? "")")
            }
        }
        #expect(seen.count >= 40)
    }

    @Test func everySettingThatIsSpokenOfExists() throws {
        let known = Set(ConfigurationKey.all.map(\.name))
        var files = try SourceTree.files(in: "Sources")
        files.append(.init(path: "README.md", text: try SourceTree.text(of: "README.md")))
        files.append(.init(path: "docs/OPERATING.md", text: try SourceTree.text(of: "docs/OPERATING.md")))
        for file in files {
            let text = file.lines.filter { $0.offset(of: "PLAZA_") != nil }.joined(separator: "\n")
            for match in text.matches(of: /\bPLAZA_[A-Z]+(?:_[A-Z]+)*\b/) {
                #expect(known.contains(String(match.0)), "\(file.path) speaks of \(match.0)")
            }
        }
    }
}
