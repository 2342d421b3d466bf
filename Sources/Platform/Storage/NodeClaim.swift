package import Core

/// A node number that belongs to one running process: ids made on different nodes never meet.
///
/// Claimed in the database for a lease, and renewed while the process runs. A process that dies leaves its number to
/// whoever comes after the lease.
package struct NodeClaim: Sendable {
    package static let leaseSeconds: Int64 = 60

    package static let migration = Migration(
        "storage.001 nodes",
        [
            .table(
                "node",
                columns: """
                    number BIGINT NOT NULL PRIMARY KEY CHECK (number BETWEEN 0 AND 1023),
                    owner BIGINT NOT NULL,
                    lease_until BIGINT NOT NULL
                    """)
        ])

    package let number: Int
    /// Random, to tell this process from one that took the number over.
    private let owner: Int64
    private let clock: WallClock

    /// Takes the lowest number that nobody holds.
    /// - Throws: ``StorageError/overloaded`` when all are held.
    package static func claim(
        in database: any Database, clock: WallClock, random: RandomSource
    ) async throws -> NodeClaim {
        let owner = Int64(truncatingIfNeeded: random.next() >> 1)
        return try await database.write { tx in
            let now = clock.now()
            let held = try tx.rows(
                "SELECT number FROM node WHERE lease_until > \(now) ORDER BY number /* scan: 1,024 rows at most */"
            ) { $0.int(0) }
            guard let number = (0..<IDGenerator.nodeCount).first(where: { !held.contains($0) }) else {
                throw StorageError.overloaded
            }
            try tx.execute(
                """
                INSERT INTO node (number, owner, lease_until)
                VALUES (\(number), \(owner), \(now.advanced(bySeconds: leaseSeconds)))
                ON CONFLICT (number) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
                """)
            return NodeClaim(number: number, owner: owner, clock: clock)
        }
    }

    /// Puts the end of the lease off.
    /// - Returns: false when another process has taken the number over: this one must stop making ids.
    package func renew(in database: any Database) async throws -> Bool {
        try await database.write { tx in
            try tx.execute(
                """
                UPDATE node
                SET lease_until = \(clock.now().advanced(bySeconds: Self.leaseSeconds))
                WHERE number = \(number) AND owner = \(owner)
                """) == 1
        }
    }

    /// Gives the number back.
    package func release(in database: any Database) async throws {
        try await database.write { tx in
            try tx.execute("UPDATE node SET lease_until = 0 WHERE number = \(number) AND owner = \(owner)")
        }
    }
}
