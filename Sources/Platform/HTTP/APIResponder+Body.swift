import Core
import HTTPTypes
import Hummingbird
import NIOCore

extension APIResponder {
    /// Reads, parses and checks a request's body. Never holds more than the route's limit.
    /// - Returns: the value, and the bytes that it was read from where they are signed.
    func body(of request: Request, for route: Route) async throws -> (value: JSON, bytes: [UInt8]) {
        guard let body = route.body else { return (.null, []) }
        let type = request.headers[.contentType]?.split { $0 == ";" || $0 == " " }.first ?? ""
        guard type.lowercased() == "application/json", request.headers[.contentEncoding] == nil else {
            throw Problem(
                .unsupportedMediaType, "unsupported_media_type",
                "The body must be JSON, with Content-Type: application/json and no Content-Encoding.")
        }
        let bytes = try await collect(request, upTo: body.bytesMax)
        let value: JSON
        do {
            value = try JSONParser.parse(bytes.readableBytesView)
        } catch let error as JSONError {
            throw Problem(
                .badRequest, "malformed_json", "The body is not JSON: \(error.reason.rawValue) at byte \(error.offset)."
            )
        }
        let problems = body.schema.problems(in: value)
        guard problems.isEmpty else { throw Problem.invalidFields(problems) }
        return (value, body.isSigned ? Array(bytes.readableBytesView) : [])
    }

    private func collect(_ request: Request, upTo bytesMax: Int) async throws -> ByteBuffer {
        let tooLarge = Problem(.contentTooLarge, "body_too_large", "The body has more than \(bytesMax) bytes.")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bytesMax { throw tooLarge }
        var collected: ByteBuffer?
        do {
            for try await var part in request.body {
                if collected == nil { collected = part } else { collected?.writeBuffer(&part) }
                if let count = collected?.readableBytes, count > bytesMax { throw tooLarge }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw HTTPParserFailure(underlying: error)
        }
        return collected ?? ByteBuffer()
    }
}
