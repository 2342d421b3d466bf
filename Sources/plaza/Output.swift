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
    private let start = monotonicNanoseconds()
    private let lastShown = Mutex<UInt64>(0)

    init(_ label: String) {
        self.label = label
    }

    /// On a terminal, names the part of the work that has begun, where its share cannot be told.
    func note(_ text: String) {
        if isTerminal { write("\(label): \(text)") }
    }

    /// - Parameter share: done of all, 0…1.
    func show(count: Int, unit: String, share: Double) {
        guard isDue() else { return }
        let seconds = Double(monotonicNanoseconds() - start) / 1e9
        let rate = seconds > 0 ? Int(Double(count) / seconds) : 0
        let left = share > 0 ? Int(seconds / share * (1 - share)) : 0
        write("\(label): \(count) \(unit), \(Int(share * 100)) %, \(rate)/s, \(left) s left")
    }

    private func isDue() -> Bool {
        let now = monotonicNanoseconds()
        return lastShown.withLock { last in
            guard now - last > (isTerminal ? 200_000_000 : 5_000_000_000) else { return false }
            last = now
            return true
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
