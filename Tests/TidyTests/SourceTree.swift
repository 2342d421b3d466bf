import Foundation
import Glibc

/// The repository's files as text.
struct SourceTree {
    struct File {
        /// From the repository's root: `Sources/Platform/Core/ID.swift`.
        let path: String
        let text: String
        let lines: [String]
        /// Lines without comments. Good enough for house rules: what follows `//` in a URL is no code either.
        let codeLines: [String]

        init(path: String, text: String) {
            self.path = path
            self.text = text
            lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
                String($0) ?? ""
            }
            codeLines = lines.map { line in
                line.offset(of: "//").map { String(line.utf8.prefix($0)) ?? "" } ?? line
            }
        }

        var name: String { String(path.split(separator: "/").last ?? "") }

        /// The module that the file is part of; nil for files outside `Sources` and `Tests`.
        var module: String? {
            let parts = path.split(separator: "/").map(String.init)
            guard parts.count > 2, ["Sources", "Tests"].contains(parts[0]) else { return nil }
            return ["Platform", "Domains", "System", "Client", "Support"].contains(parts[1]) ? parts[2] : parts[1]
        }

        /// Platform, Domains, Flows, App, plaza or Client.
        var layer: String? {
            let parts = path.split(separator: "/").map(String.init)
            return parts.first == "Sources" ? parts[1] : nil
        }

        /// Modules that the file imports.
        var imports: [String] {
            codeLines.filter { $0.contains("import ") }.compactMap { line in
                let words = line.split(separator: " ")
                return words.count <= 3 && words.dropLast().last == "import" ? words.last.map(String.init) : nil
            }
        }
    }

    /// Everything of ours, read once.
    static let all = Result { try SourceTree("Sources", "Tests") }

    /// The files of some folders.
    static func files(in folders: String...) throws -> [File] {
        try all.get().files.filter { file in folders.contains { file.path.hasPrefix($0 + "/") } }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    let files: [File]

    init(files: [File]) {
        self.files = files
    }

    /// - Parameter folders: where to look, from the root.
    init(_ folders: String..., suffix: String = ".swift") throws {
        var files: [File] = []
        for folder in folders {
            let start = Self.root.appending(path: folder).path
            for path in FileManager.default.enumerator(atPath: start) ?? .init() {
                guard let path = path as? String, path.hasSuffix(suffix) else { continue }
                files.append(File(path: "\(folder)/\(path)", text: try Self.text(of: "\(folder)/\(path)")))
            }
        }
        self.files = files.sorted { $0.path < $1.path }
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Lines of code that hold one of `texts`, as `path:line: text`.
    func lines(with texts: String...) -> [String] {
        files.flatMap { file in
            file.codeLines.enumerated().filter { line in texts.contains { line.element.offset(of: $0) != nil } }.map {
                "\(file.path):\($0.offset + 1): \($0.element)"
            }
        }
    }
}

extension String {
    /// Bytes before the first occurrence. Of bytes and not of characters: thousands of lines are looked through.
    func offset(of text: String) -> Int? {
        withCString { start in strstr(start, text).map { start.distance(to: $0) } }
    }
}
