package import Core
package import Storage

extension JobQueue {
    /// The payloads of all jobs of a kind that wait or run.
    package static func pendingPayloads<J: Job>(of kind: J.Type, in db: some Queryable) throws -> [JSON] {
        try db.rows("SELECT payload FROM job WHERE kind = \(J.kind) AND state < 2 /* scan: verify */") { row in
            try JSONParser.parse(row.text(0))
        }
    }
}
