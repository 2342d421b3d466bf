package import Storage

/// How many jobs there are, by kind and state.
package struct JobSummary: Sendable {
    package struct Line: Sendable, Equatable {
        package let kind: String
        package let state: JobState
        package let count: Int
    }

    package let lines: [Line]

    /// Reads the whole queue: for people and gauges, on the background lane.
    package init(_ db: some Queryable) throws {
        lines = try db.rows(
            "SELECT kind, state, count(*) FROM job GROUP BY kind, state ORDER BY kind, state /* scan: counts all */"
        ) { row in
            guard let state = JobState(rawValue: row.integer(1)) else {
                preconditionFailure("a CHECK bounds the state")
            }
            return Line(kind: row.text(0), state: state, count: row.int(2))
        }
    }

    package func count(_ state: JobState) -> Int {
        lines.filter { $0.state == state }.map(\.count).reduce(0, +)
    }
}
