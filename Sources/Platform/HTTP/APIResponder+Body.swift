import Core
import HTTPTypes
import Hummingbird
import NIOCore

extension APIResponder {
    /// Reads, parses and checks a request's body. Never holds more than the route's limit.
    /// - Returns: the value, and the bytes that it was read from where they are signed.
    func body(of request: Request, for route: Route) async throws -> (value: JSON, bytes: [UInt8]) {
        guard let body = route.body else { return (.null, []) }
        try check(request, is: "application/json")
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

    /// A request's body for a handler that reads it itself.
    func upload(of request: Request, for route: Route) throws -> UploadStream? {
        guard let upload = route.upload else { return nil }
        try check(request, is: upload.contentType)
        try checkLength(of: request, isUpTo: upload.bytesMax)
        return UploadStream(body: request.body, bytesMax: upload.bytesMax)
    }

    private func check(_ request: Request, is contentType: String) throws {
        let type = request.headers[.contentType]?.split { $0 == ";" || $0 == " " }.first ?? ""
        guard type.lowercased() == contentType, request.headers[.contentEncoding] == nil else {
            throw Problem(
                .unsupportedMediaType, "unsupported_media_type",
                "The body needs Content-Type: \(contentType) and no Content-Encoding.")
        }
    }

    private func checkLength(of request: Request, isUpTo bytesMax: Int) throws {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bytesMax {
            throw Problem.bodyTooLarge(bytesMax)
        }
    }

    private func collect(_ request: Request, upTo bytesMax: Int) async throws -> ByteBuffer {
        try checkLength(of: request, isUpTo: bytesMax)
        var collected: ByteBuffer?
        do {
            for try await var part in request.body {
                if collected == nil { collected = part } else { collected?.writeBuffer(&part) }
                if let count = collected?.readableBytes, count > bytesMax { throw Problem.bodyTooLarge(bytesMax) }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw HTTPParserFailure(underlying: error)
        }
        return collected ?? ByteBuffer()
    }
}
