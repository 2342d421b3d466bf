/// Something that is true of all data at any time, and how to find where it is not.
///
/// The owner of the tables writes it. One check is one snapshot: what it compares, it reads in one transaction.
package struct ConsistencyCheck: Sendable {
    /// A row that contradicts its check.
    package struct Finding: Sendable, Equatable {
        /// The outside form of the id of what is wrong.
        package let subject: String
        package let expected: String
        package let found: String

        package init(subject: String, expected: String, found: String) {
            self.subject = subject
            self.expected = expected
            self.found = found
        }
    }

    package enum Outcome: Sendable, Equatable {
        case done
        /// Could not be told now.
        case skipped(because: String)
    }

    package typealias Search = @Sendable (ReadTransaction, (Finding) -> Void) throws -> Outcome

    /// Stable, for programs: `post.like_count`.
    package let name: String
    package let search: Search

    package init(_ name: String, search: @escaping Search) {
        self.name = name
        self.search = search
    }

    /// A check that one statement makes: it answers a row for each finding.
    package init(_ name: String, _ sql: SQL, _ finding: @escaping @Sendable (Row) -> Finding) {
        self.init(name) { db, found in
            try db.forEach(sql) { found(finding($0)) }
            return .done
        }
    }
}
