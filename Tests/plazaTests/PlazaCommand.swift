import Core
import Foundation
import Glibc
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
        self.environment = RunningCommand.inherited.merging(environment) { $1 }
    }

    static func executable() throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: "plaza").path
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
///
/// Started without Foundation's `Process`: its pipes leak into other children that start at the same moment, and then
/// end only with those; and it has crashed where other threads were busy.
final class RunningCommand: Sendable {
    private struct State {
        var texts = ["", ""]
        var openCount = 2
        var status: Int32?
        var isGivenUp = false

        var isOver: Bool { status != nil && openCount == 0 }
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    struct NotStarted: Error {
        let code: Int32
    }

    let id: pid_t
    private let state = Mutex(State())

    /// What of this process's environment others get.
    static let inherited = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "TMPDIR"].contains($0.key) }

    init(
        _ executable: String, _ arguments: [String], _ environment: [String: String] = inherited, input: String = ""
    ) throws {
        let (stdin, stdout, stderr) = (try Self.pipe(), try Self.pipe(), try Self.pipe())
        id = try Self.spawn(executable, arguments, environment, stdin.read, stdout.write, stderr.write)
        for end in [stdin.read, stdout.write, stderr.write] { close(end) }
        // Shorter than a pipe holds: this does not wait for the command to read it.
        _ = input.withCString { write(stdin.write, $0, strlen($0)) }
        close(stdin.write)
        Thread.detachNewThread { self.collect(from: stderr.read, into: 1) }
        Thread.detachNewThread {
            self.collect(from: stdout.read, into: 0)
            self.awaitEnd()
        }
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        // Closed in children from the start, as pipe2 would do it, which Swift does not see.
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw NotStarted(code: errno) }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ executable: String, _ arguments: [String], _ environment: [String: String], _ standard: Int32...
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, end) in standard.enumerated() { posix_spawn_file_actions_adddup2(&actions, end, Int32(number)) }
        // Connections of other tests would stay open as long as the command runs.
        typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>?, Int32) -> Int32
        _ = try GNU.function("posix_spawn_file_actions_addclosefrom_np", CloseFrom.self)(
            &actions, Int32(standard.count))
        let arguments = ([executable] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, executable, &actions, nil, arguments, variables)
        guard code == 0 else { throw NotStarted(code: code) }
        return id
    }

    private func collect(from end: Int32, into index: Int) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(end, &bytes, bytes.count)
            guard count > 0 else { break }
            change { $0.texts[index] += String(decoding: bytes.prefix(count), as: UTF8.self) }
        }
        close(end)
        change { $0.openCount -= 1 }
    }

    private func awaitEnd() {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        change { $0.status = signal == 0 ? status >> 8 & 0xFF : 128 + signal }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiters = state.withLock { state in
            body(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    var output: String { state.withLock { $0.texts[0] } }
    var complaints: String { state.withLock { $0.texts[1] } }

    func signal(_ signal: Int32) {
        // The number of one that has ended may be another's by now.
        if state.withLock({ $0.status == nil }) { kill(id, signal) }
    }

    /// The status that it ended with; 128 and the signal's number when it was killed.
    @discardableResult
    func ended() async -> Int32 {
        await until { $0.isOver }
        return state.withLock { $0.status ?? -1 }
    }

    /// Returns once standard output holds `text`.
    /// - Returns: false when the command ended without saying it.
    func says(_ text: String) async -> Bool {
        await until { $0.texts[0].contains(text) || $0.isOver }
        return output.contains(text)
    }

    /// Whoever waits when a test has run out of time ends the command: what it has said is then known, and the others
    /// go on.
    private func until(_ condition: @Sendable (State) -> Bool) async {
        await withTaskCancellationHandler {
            while !state.withLock({ condition($0) || $0.isGivenUp }) {
                await withCheckedContinuation { continuation in
                    let isOver = state.withLock { state in
                        guard !condition(state), !state.isGivenUp else { return true }
                        state.waiters.append(continuation)
                        return false
                    }
                    if isOver { continuation.resume() }
                }
            }
        } onCancel: {
            signal(SIGKILL)
            change { $0.isGivenUp = true }
        }
    }
}

/// Tests with servers take turns: each hashes passwords at full cost, and a request has ten seconds.
@Suite(.serialized, .timeLimit(.minutes(15))) enum ServerTests {}

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
        await command.ended()
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
