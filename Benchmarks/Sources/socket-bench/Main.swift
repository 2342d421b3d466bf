import Foundation

/// Drives thousands of WebSockets from one thread and prints what came of it as one JSON object.
///
/// - `connect`: opens sockets, keeps them idle, lets each send and receive; what they cost the server.
/// - `broadcast`: one publisher, many subscribers of one channel; deliveries and how late they are.
/// - `room`: a steady stream of messages into one channel; all of them, in order, to everybody.
/// - `roundtrip`: commands and their replies.
/// - `drop`: thousands of sockets end at once while a few go on with round trips.
///
/// One process may hold 20,000 files on many machines, so all that it needs beside sockets is an epoll.
@main
struct SocketBench {
    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("socket-bench: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        let options = try Options(arguments.dropFirst())
        switch arguments.first {
        case "connect": try show(Connect(options).run())
        case "broadcast":
            var broadcast = try Broadcast(options)
            try show(broadcast.run())
        case "room":
            var room = try Room(options)
            try show(room.run())
        case "roundtrip": try show(RoundTrip(options).run())
        case "drop": try show(Drop(options).run())
        default:
            throw Failure("usage: socket-bench connect|broadcast|room|roundtrip|drop --port PORT [--name value]…")
        }
    }

    private static func show(_ report: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }
}
