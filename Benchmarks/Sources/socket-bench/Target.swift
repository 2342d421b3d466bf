import Foundation

/// The server: where it is, and how it is spoken with.
struct Target {
    /// `plaza` says who it is, subscribes and publishes as docs/REALTIME.md has it. With `plain`, the path says it all and
    /// every text is a message.
    enum Dialect: String {
        case plaza, plain
    }

    enum Role {
        case subscriber, publisher
    }

    let port: UInt16
    let dialect: Dialect
    let channels: [String]
    /// Sockets that come from one address: servers limit them, and so does the number of ports.
    let socketsPerSource: Int
    private let path: String
    private let publisherPath: String
    private let tokens: [String]
    private let socketsPerToken: Int

    init(_ options: Options) throws {
        guard let port = UInt16(exactly: try options.number("port")) else { throw Failure("--port is too large") }
        guard let dialect = Dialect(rawValue: options.text("dialect") ?? "plaza") else {
            throw Failure("--dialect is plaza or plain")
        }
        self.port = port
        self.dialect = dialect
        channels = options.list("channels")
        socketsPerSource = try options.number("per-source", default: 900)
        path = options.text("path") ?? "/v1/realtime"
        publisherPath = options.text("publisher-path") ?? path
        socketsPerToken = try options.number("per-token", default: 5)
        tokens = try options.text("tokens").map { try Self.lines(of: $0) } ?? []
    }

    func handshake(of socket: Int, as role: Role) throws -> [UInt8] {
        var text = "GET \(role == .publisher ? publisherPath : path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        text += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        text += "Sec-WebSocket-Key: cGxhemEtYmVuY2htYXJrIQ==\r\n"
        if dialect == .plaza {
            let number = socket / socketsPerToken
            guard number < tokens.count else {
                throw Failure("\(tokens.count) tokens are too few for socket \(socket)")
            }
            text += "Sec-WebSocket-Protocol: plaza.v1.json\r\nAuthorization: Bearer \(tokens[number])\r\n"
        }
        return Array((text + "\r\n").utf8)
    }

    /// What a socket says once it is one: its subscriptions in one frame.
    var greeting: [UInt8] {
        guard dialect == .plaza, !channels.isEmpty else { return [] }
        let commands = channels.enumerated().map { number, channel in
            #"{"id":\#(number + 1),"subscribe":{"channel":"\#(channel)"}}"#
        }
        return Frame.masked(commands.joined(separator: "\n").utf8)
    }

    /// What it hears before it is ready: that it is connected, and an answer for each subscription.
    var welcomeCount: Int {
        dialect == .plaza ? channels.count + 1 : 0
    }

    /// A command whose reply is small. To a plain server it is text like any other.
    var ping: [UInt8] {
        Frame.masked(#"{"id":1000000000,"ping":{}}"#.utf8)
    }

    private static func lines(of path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}
