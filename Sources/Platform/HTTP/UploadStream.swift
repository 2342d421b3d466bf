import HTTPTypes
import Hummingbird
package import NIOCore

/// The body of a request, part by part as it arrives: the client waits while its reader does. To be read once.
///
/// Ends with a ``Problem`` where the body passes the route's limit, and with the connection when that breaks off.
package struct UploadStream: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer

    private let body: RequestBody
    private let bytesMax: Int

    init(body: RequestBody, bytesMax: Int) {
        self.body = body
        self.bytesMax = bytesMax
    }

    /// For tests of handlers.
    package init(_ bytes: ByteBuffer) {
        body = RequestBody(buffer: bytes)
        bytesMax = bytes.readableBytes
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(parts: body.makeAsyncIterator(), left: bytesMax, bytesMax: bytesMax)
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var parts: RequestBody.AsyncIterator
        fileprivate var left: Int
        fileprivate let bytesMax: Int

        package mutating func next() async throws -> ByteBuffer? {
            let part: ByteBuffer?
            do {
                part = try await parts.next()
            } catch {
                throw HTTPParserFailure(underlying: error)
            }
            left -= part?.readableBytes ?? 0
            guard left >= 0 else { throw Problem.bodyTooLarge(bytesMax) }
            return part
        }
    }
}

extension Problem {
    static func bodyTooLarge(_ bytesMax: Int) -> Problem {
        Problem(.contentTooLarge, "body_too_large", "The body has more than \(bytesMax) bytes.")
    }
}
