import Hummingbird
import Logging

/// What the machine could do if Plaza cost nothing.
///
/// - `reference-server PORT SIZE…`: Hummingbird as it comes, answering `GET /SIZE` with that many bytes for each size given.
/// - `reference-server echo PORT`: a WebSocket on NIO's own handlers that says what it is told.
@main
struct ReferenceServer {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "echo", arguments.count == 2, let port = arguments.last.flatMap({ Int($0) }) {
            return try await EchoServer(port: port).run()
        }
        let numbers = arguments.compactMap { Int($0) }
        guard let port = numbers.first, numbers.count > 1, numbers.count == arguments.count else {
            print("usage: reference-server PORT SIZE… | echo PORT")
            return
        }
        try await answerBytes(of: Set(numbers.dropFirst()), port: port)
    }

    private static func answerBytes(of sizes: Set<Int>, port: Int) async throws {
        let router = Router()
        for size in sizes {
            let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: size)
            router.get("/\(size)") { _, _ in
                Response(
                    status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
                    body: ResponseBody(byteBuffer: body))
            }
        }
        var logger = Logger(label: "reference")
        logger.logLevel = .warning
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            logger: logger)
        try await application.runService()
    }
}
