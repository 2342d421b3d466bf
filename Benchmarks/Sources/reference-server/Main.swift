import Hummingbird
import Logging

/// Hummingbird as it comes, answering fixed bytes: what the machine could do if Plaza cost nothing.
///
/// `reference-server PORT SIZE…` answers `GET /SIZE` with that many bytes for each size given.
@main
struct ReferenceServer {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard let port = numbers.first, numbers.count > 1, numbers.count == CommandLine.arguments.count - 1 else {
            print("usage: reference-server PORT SIZE…")
            return
        }
        let router = Router()
        for size in Set(numbers.dropFirst()) {
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
