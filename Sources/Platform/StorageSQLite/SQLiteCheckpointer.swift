import Dispatch
import GRDBSQLite
import Synchronization

/// Copies the log into the database file, beside the writer.
///
/// SQLite's own checkpoint runs inside the commit that made the log long: its writers wait for it, and the processor is
/// idle while the disk is written to. This one has a connection and a thread of its own. What it copies is durable in
/// the log already, so it may fail or be killed anywhere, and is tried again when the log has grown further.
final class SQLiteCheckpointer: Sendable {
    /// Only ``queue``, which is serial, touches the connection.
    private struct Owned: @unchecked Sendable {
        let connection: SQLiteConnection
    }

    private struct State {
        var isRunning = false
        /// How long the log was when it was last copied.
        var copiedPages = 0
    }

    private let owned: Owned
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "plaza.checkpointer", qos: .userInitiated)
    private let pagesBetweenCopies: Int

    init(connection: sending SQLiteConnection, options: SQLiteOptions) {
        owned = Owned(connection: connection)
        pagesBetweenCopies = options.logPagesBetweenCopies
    }

    /// Copies soon when enough has been added. Never waits.
    func logIs(_ pages: Int) {
        let isDue = state.withLock { state in
            // A shorter log than before is a new one.
            if pages < state.copiedPages { state.copiedPages = 0 }
            guard !state.isRunning, pages - state.copiedPages >= pagesBetweenCopies else { return false }
            state.isRunning = true
            state.copiedPages = pages
            return true
        }
        guard isDue else { return }
        queue.async {
            self.owned.connection.checkpoint()
            self.state.withLock { $0.isRunning = false }
        }
    }

    /// Returns once no copy runs.
    func close() {
        queue.sync {}
    }
}

extension SQLiteConnection {
    /// Copies what the log holds and no reader still needs; waits for nobody. A failure shows in the next commit.
    func checkpoint() {
        _ = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
}
