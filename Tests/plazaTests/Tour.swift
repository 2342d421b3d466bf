import Foundation

/// The `console` blocks of a document's section: commands after `$ `, and under each what it prints.
struct Tour {
    struct Step: Equatable {
        let command: String
        /// Lines; `…` stands for anything.
        var expected: [String] = []

        func accepts(_ output: String) -> Bool {
            let lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let trimmed = lines.last == "" ? lines.dropLast() : lines[...]
            return Self.matches(trimmed.joined(separator: "\n"), expected.joined(separator: "\n"))
        }

        /// The parts between the ellipses come in their order, the first at the start and the last at the end.
        static func matches(_ text: String, _ pattern: String) -> Bool {
            let parts = pattern.split(separator: "…", omittingEmptySubsequences: false)
            guard let first = parts.first, let last = parts.last, parts.count > 1 else { return text == pattern }
            guard text.hasPrefix(first) else { return false }
            var rest = text.dropFirst(first.count)
            for part in parts.dropFirst().dropLast() where !part.isEmpty {
                guard let range = rest.firstRange(of: part) else { return false }
                rest = rest[range.upperBound...]
            }
            return rest.hasSuffix(last)
        }
    }

    let steps: [Step]

    init(_ document: String, section: String) {
        var steps: [Step] = []
        var (isInSection, isInBlock) = (false, false)
        for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
            if isInBlock {
                if line == "```" {
                    isInBlock = false
                } else if line.hasPrefix("$ ") {
                    steps.append(Step(command: String(line.dropFirst(2))))
                } else if let last = steps.indices.last {
                    steps[last].expected.append(String(line))
                }
            } else if line.hasPrefix("## ") {
                isInSection = line.dropFirst(3) == section
            } else if isInSection, line == "```console" {
                isInBlock = true
            }
        }
        self.steps = steps
    }

    /// Runs every command in one shell.
    /// - Returns: what each printed, standard error included.
    func run(in directory: String, replacing address: String, with actual: String) async throws -> [String] {
        let mark = "-- end of step --"
        let script = steps.map { "\($0.command.replacing(address, with: actual))\nprintf '%s\\n' '\(mark)'" }
        let head = "exec 2>&1\ncd '\(directory)'\n"
        let shell = try RunningCommand("/bin/bash", ["-c", head + script.joined(separator: "\n")])
        await shell.ended()
        let texts = shell.output.components(separatedBy: mark + "\n")
        return Array(texts.dropLast())
    }
}
