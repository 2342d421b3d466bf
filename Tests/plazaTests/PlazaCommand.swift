import Core
import Foundation
import Synchronization
import Testing

/// The built binary, found beside the bundle that runs the tests.
struct PlazaCommand: Sendable {
    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let complaints: String

        var json: JSON { (try? JSONParser.parse(output)) ?? .null }
    }

    let environment: [String: String]

    init(_ environment: [String: String] = [:]) {
        let inherited = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "TMPDIR"].contains($0.key) }
        self.environment = inherited.merging(environment) { $1 }
    }

    private static func executable() throws -> URL {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: "plaza")
    }

    /// Runs a command to its end.
    func run(_ arguments: String..., input: String = "") async throws -> Outcome {
        let process = try start(arguments, input: input)
        let status = await process.ended()
        return Outcome(status: status, output: process.output, complaints: process.complaints)
    }

    /// Starts a command and lets it run.
    func start(_ arguments: [String], input: String = "") throws -> RunningCommand {
        try RunningCommand(try Self.executable(), arguments, environment, input: input)
    }
}

/// A command that runs, and what it has said so far.
final class RunningCommand: Sendable {
    private struct State {
        var texts = ["", ""]
        var openCount = 2
        var status: Int32?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    let id: Int32
    private let state: Shared

    /// Told by threads of Foundation's.
    private final class Shared: Sendable {
        let mutex = Mutex(State())

        func change(_ body: (inout sending State) -> Void) {
            let waiters = mutex.withLock { state in
                body(&state)
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.resume() }
        }
    }

    fileprivate init(_ executable: URL, _ arguments: [String], _ environment: [String: String], input: String) throws {
        let shared = Shared()
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        let pipes = [Pipe(), Pipe()]
        process.standardOutput = pipes[0]
        process.standardError = pipes[1]
        let stdin = Pipe()
        process.standardInput = stdin
        for (index, pipe) in pipes.enumerated() {
            pipe.fileHandleForReading.readabilityHandler = { handle in
                let data = handle.availableData
                if data.isEmpty { handle.readabilityHandler = nil }
                shared.change { state in
                    state.texts[index] += String(decoding: data, as: UTF8.self)
                    if data.isEmpty { state.openCount -= 1 }
                }
            }
        }
        process.terminationHandler = { process in
            let isSignal = process.terminationReason == .uncaughtSignal
            let status = isSignal ? 128 + process.terminationStatus : process.terminationStatus
            shared.change { $0.status = status }
        }
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        id = process.processIdentifier
        state = shared
    }

    var output: String { state.mutex.withLock { $0.texts[0] } }
    var complaints: String { state.mutex.withLock { $0.texts[1] } }

    func signal(_ signal: Int32) {
        kill(id, signal)
    }

    /// The status that it ended with; 128 and the signal's number when it was killed.
    func ended() async -> Int32 {
        await until { $0.status != nil && $0.openCount == 0 }
        return state.mutex.withLock { $0.status ?? -1 }
    }

    /// Returns once standard output holds `text`.
    /// - Returns: false when the command ended without saying it.
    func says(_ text: String) async -> Bool {
        await until { $0.texts[0].contains(text) || $0.status != nil && $0.openCount == 0 }
        return output.contains(text)
    }

    private func until(_ condition: @Sendable (borrowing State) -> Bool) async {
        while !state.mutex.withLock({ condition($0) }) {
            await withCheckedContinuation { continuation in
                let isOver = state.mutex.withLock { state in
                    guard !condition(state) else { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        }
    }
}

/// A server that runs in a process of its own.
struct PlazaServer: Sendable {
    let command: RunningCommand
    let port: Int

    struct NotListening: Error {
        let complaints: String
    }

    static let unlimited = [
        "PLAZA_RATE_READ": "0", "PLAZA_RATE_WRITE": "0", "PLAZA_RATE_CREDENTIALS": "0", "PLAZA_RATE_SEARCH": "0",
        "PLAZA_TRUSTED_PROXIES": "127.0.0.1",
    ]

    /// Starts a server on a free port and waits until it listens.
    init(in directory: String, _ environment: [String: String] = [:]) async throws {
        let settings = Self.unlimited.merging(environment) { $1 }
        command = try PlazaCommand(settings).start(["serve", "--data-dir", directory, "--listen", "127.0.0.1:0"])
        guard await command.says("its data"),
            let line = command.output.split(separator: "\n").first(where: { $0.hasPrefix("Plaza listens on") }),
            let port = line.split(separator: ":").last.flatMap({ Int($0) })
        else {
            throw NotListening(complaints: command.complaints)
        }
        self.port = port
    }

    /// Asks it to stop, and waits until it has.
    func stop() async -> Int32 {
        command.signal(SIGTERM)
        return await command.ended()
    }

    func killAtOnce() async {
        command.signal(SIGKILL)
        _ = await command.ended()
    }
}

/// Runs `body` with a server, and stops it whatever happens.
func withServer(
    in directory: String, _ environment: [String: String] = [:], _ body: (PlazaServer) async throws -> Void
) async throws {
    let server = try await PlazaServer(in: directory, environment)
    do {
        try await body(server)
    } catch {
        await server.killAtOnce()
        throw error
    }
    #expect(await server.stop() == 0, "\(server.command.complaints)")
}
