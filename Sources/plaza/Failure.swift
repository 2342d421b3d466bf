import App
import ArgumentParser
import Foundation
import HTTP
import NIOCore
import Storage

/// Says what went wrong and what would mend it, in a sentence, and ends with status 1.
enum Failure {
    static func explained<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let exit as ExitCode {
            throw exit
        } catch {
            Output.complain("plaza: \(sentence(for: error))")
            throw ExitCode(1)
        }
    }

    static func sentence(for error: any Error) -> String {
        switch error {
        case let error as StorageError: storage(error)
        case let error as any ProblemConvertible: problem(error.problem)
        case let error as Problem: problem(error)
        case let error as IOError where error.errnoCode == EADDRINUSE:
            "the port is in use: stop what listens there, or choose another with --listen 127.0.0.1:PORT."
        case let error as IOError where error.errnoCode == EACCES:
            "the port may not be opened: ports below 1024 need a privilege; choose another with --listen."
        case let error as IOError where error.errnoCode == EADDRNOTAVAIL:
            "the address is not one of this machine: see --listen."
        case let error as ConfigurationError: error.description
        default: "\(error)"
        }
    }

    private static func problem(_ problem: Problem) -> String {
        guard !problem.errors.isEmpty else { return problem.detail }
        return problem.errors.map { "\($0.pointer.dropFirst()): \($0.message)" }.joined(separator: " ")
    }

    private static func storage(_ error: StorageError) -> String {
        switch error {
        case .inUse(let path):
            "\(path) is in use by another plaza: stop it first, or choose another directory with --data-dir."
        case .readOnly(let path):
            "\(path) cannot be written: check who owns it, or choose another directory with --data-dir."
        case .diskFull:
            "no more can be written: nothing of the last write remains. The disk or a quota is full, or a file is as large "
                + "as this process may make one (ulimit -f): make room and start again."
        case .newerSchema(let migration):
            "the data was written by a newer plaza (it has \(migration)): use that version or a newer one."
        case .divergedSchema(let migration):
            "the schema is not this plaza's (\(migration) differs): was the file changed by hand, or by a fork?"
        case .pendingMigrations(let names): "migrations wait: \(names.joined(separator: ", ")). Run plaza migrate up."
        case .overloaded: "the database has more to do than it can; try again shortly."
        case .engine(_, let message, _): "the database says: \(message)."
        case .constraint(let message): "the database refused a row: \(message)."
        case .deadlineExceeded, .closed: "the database was closed meanwhile."
        case .tableScan(let plan, _): "a statement would read a whole table: \(plan)."
        }
    }
}
