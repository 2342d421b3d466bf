import Core
import Foundation
import Synchronization

/// What commands say: results on standard output, complaints and progress on standard error.
enum Output {
    static func say(_ text: String) {
        write(text + "\n", to: .standardOutput)
    }

    static func complain(_ text: String) {
        write(text + "\n", to: .standardError)
    }

    /// One JSON document, for scripts.
    static func json(_ value: JSON) {
        say(value.text)
    }

    /// A file, on standard output.
    static func bytes(_ bytes: [UInt8]) throws {
        try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    }

    private static func write(_ text: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data(text.utf8))
    }

    /// Columns side by side, as wide as their widest cell.
    static func table(_ rows: [[String]]) {
        let widths = rows.reduce(into: [Int]()) { widths, row in
            for (index, cell) in row.enumerated() {
                if index == widths.count { widths.append(0) }
                widths[index] = max(widths[index], cell.count)
            }
        }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell.padding(toLength: widths[index], withPad: " ", startingAt: 0)
            }
            say(cells.joined(separator: "  "))
        }
    }
}

/// Shows how far long work has come: one line that renews itself on a terminal, a plain line now and then elsewhere.
final class ProgressLine: Sendable {
    private let label: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())

    private struct State {
        var lastShown: UInt64 = 0
        var unit = ""
        var startedAt = monotonicNanoseconds()
    }

    init(_ label: String) {
        self.label = label
    }

    /// On a terminal, names the part of the work that has begun, where its share cannot be told.
    func note(_ text: String) {
        if isTerminal { write("\(label): \(text)") }
    }

    /// - Parameters:
    ///   - unit: what is counted. Another one than before begins another part, with a rate of its own.
    ///   - share: done of all, 0…1.
    func show(count: Int, unit: String, share: Double) {
        guard let seconds = secondsIfDue(unit) else { return }
        let rate = seconds > 0 ? Int(Double(count) / seconds) : 0
        let left = share > 0 ? Int(seconds / share * (1 - share)) : 0
        write("\(label): \(count) \(unit), \(Int(share * 100)) %, \(rate)/s, \(left) s left")
    }

    /// - Returns: how long this part of the work takes already; nil when something has just been shown.
    private func secondsIfDue(_ unit: String) -> Double? {
        let now = monotonicNanoseconds()
        return state.withLock { state in
            if state.unit != unit, !state.unit.isEmpty { state.startedAt = now }
            state.unit = unit
            guard now - state.lastShown > (isTerminal ? 200_000_000 : 5_000_000_000) else { return nil }
            state.lastShown = now
            return Double(now - state.startedAt) / 1e9
        }
    }

    private func write(_ line: String) {
        if isTerminal {
            FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8))
        } else {
            Output.complain(line)
        }
    }

    func finish() {
        if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
