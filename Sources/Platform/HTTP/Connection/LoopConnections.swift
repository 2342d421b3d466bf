import Core
import EventLoops
import NIOCore

/// What the connections of one event loop share. Used on that loop alone.
final class LoopConnections {
    let executor: EventLoopTaskExecutor
    private let loop: any EventLoop
    private let open: OpenConnections
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    private var sweeps: RepeatedTask?
    private var isFinishing = false
    private var dateSecond: Int64 = -1
    private var dateText = ""

    init(loop: any EventLoop, open: OpenConnections) {
        self.loop = loop
        self.open = open
        executor = EventLoopTaskExecutor(loop: loop)
    }

    func add(_ connection: HTTPConnection) {
        guard connections.updateValue(connection, forKey: ObjectIdentifier(connection)) == nil else { return }
        open.add(1)
        if isFinishing { connection.finish() }
        guard sweeps == nil else { return }
        // One timer looks after all of them: a timer each would be set and cancelled with every request.
        let shared = NIOLoopBound(self, eventLoop: loop)
        sweeps = loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in shared.value.sweep() }
    }

    func remove(_ connection: HTTPConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        open.add(-1)
        guard connections.isEmpty else { return }
        sweeps?.cancel()
        sweeps = nil
    }

    /// No connection takes another request from here on.
    func finish() {
        isFinishing = true
        for connection in Array(connections.values) { connection.finish() }
    }

    func closeAll() {
        for connection in Array(connections.values) { connection.abort() }
    }

    private func sweep() {
        let now = monotonicNanoseconds()
        // A copy: who is given up leaves the table.
        for connection in Array(connections.values) { connection.checkTime(now) }
    }

    /// The value of `Date` (RFC 9110 §5.6.7), made anew once a second.
    func date(_ now: Timestamp) -> String {
        let second = now.microseconds / 1_000_000
        if second != dateSecond {
            dateSecond = second
            dateText = HTTPDate.text(secondsSince1970: second)
        }
        return dateText
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Parameter secondsSince1970: not before 1970.
    static func text(secondsSince1970 seconds: Int64) -> String {
        let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let date = Timestamp.civilDate(daysSince1970: days)
        let time = [second / 3_600, second / 60 % 60, second % 60].map(twoDigits).joined(separator: ":")
        let (weekday, month) = (Self.days[Int(days % 7)], months[Int(date.month) - 1])
        return "\(weekday), \(twoDigits(date.day)) \(month) \(date.year) \(time) GMT"
    }

    private static func twoDigits(_ value: Int64) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
