package import Core
package import HTTPTypes

/// A request as a handler sees it: checked against its route's description.
package struct RouteRequest: Sendable {
    package let id: String
    package let method: HTTPRequest.Method
    package let path: String
    package let headers: HTTPFields
    /// The client's address, without its port.
    package let address: String
    package let principal: Principal?
    /// Parameters of the path, by name.
    package let parameters: [(name: String, value: String)]
    package let query: [(name: String, value: String)]
    /// The body, valid by the route's schema; `.null` where the route takes none.
    package let body: JSON
    /// The body as it came, where the route says that it is signed; empty elsewhere.
    package let bytes: [UInt8]
    /// The body of a route with ``Route/upload``, to be read once.
    package let upload: UploadStream?

    package init(
        id: String, method: HTTPRequest.Method, path: String, headers: HTTPFields, address: String,
        principal: Principal?, parameters: [(name: String, value: String)], query: [(name: String, value: String)],
        body: JSON, bytes: [UInt8] = [], upload: UploadStream? = nil
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.headers = headers
        self.address = address
        self.principal = principal
        self.parameters = parameters
        self.query = query
        self.body = body
        self.bytes = bytes
        self.upload = upload
    }

    /// Who asks, on a route that needs a session.
    package func caller() throws -> Principal {
        guard let principal else { throw Problem.unauthenticated }
        return principal
    }

    package func parameter(_ name: String) -> String {
        guard let parameter = parameters.first(where: { $0.name == name }) else {
            preconditionFailure("the route's path has no {\(name)}")
        }
        return parameter.value
    }

    /// The id in the path.
    /// - Throws: 404 with `<kind>_not_found` when it is not an id of that kind: nothing of that name can exist.
    package func id<Entity: EntityKind>(_ name: String, of kind: Entity.Type = Entity.self) throws -> ID<Entity> {
        guard let id = ID<Entity>(parameter(name)) else {
            throw Problem.notFound("\(name)_not_found", "\(parameter(name)) is not an id of this kind.")
        }
        return id
    }

    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    package var cursor: String? { queryValue("cursor") }

    /// Rows wanted on the page, 20 unless told.
    package var limit: Int { queryValue("limit").flatMap { Int($0) } ?? 20 }
}
