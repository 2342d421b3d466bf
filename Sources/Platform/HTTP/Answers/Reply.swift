package import Core
package import HTTPTypes

/// What a handler answers.
package struct Reply: Sendable {
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: [UInt8]

    package init(_ status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON answer from bytes that are a whole document.
    package static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status, headers: [.contentType: "application/json"], body: bytes)
    }

    /// A JSON object, written field by field.
    package static func object(
        status: HTTPResponse.Status = .ok, _ members: (inout JSONWriter) throws -> Void
    ) rethrows -> Reply {
        var json = JSONWriter(capacity: 512)
        try json.object { try members(&$0) }
        return .json(json.finish(), status: status)
    }

    /// A page of a list.
    package static func page<Item>(
        _ items: [Item], next: String?, _ item: (inout JSONWriter, Item) -> Void
    ) -> Reply {
        var json = JSONWriter(capacity: 64 + items.count * 640)
        json.object { json in
            json.name("items")
            json.array(items, item)
            json.member("next", next)
        }
        return .json(json.finish())
    }

    package static let noContent = Reply(.noContent)
}
