import Core
import HTTP
import HTTPTypes
import Realtime

extension Plaza {
    /// What machines ask before they talk to the server: which requests there are, and which messages.
    /// - Parameter routes: those beside these.
    func descriptionRoutes(_ routes: [Route]) -> [Route] {
        let asyncAPI = description(
            "/asyncapi.json", "What is said over WebSockets", "AsyncAPI 3.0", example: ["asyncapi": "3.0.0"],
            text: asyncAPIDocument)
        // It describes itself, too.
        let document = OpenAPI.document(of: routes + [openAPIRoute(""), asyncAPI], version: Self.version)
        return [openAPIRoute(document.text), asyncAPI]
    }

    private func openAPIRoute(_ text: String) -> Route {
        description("/openapi.json", "This description", "OpenAPI 3.1", example: ["openapi": "3.1.0"], text: text)
    }

    private func description(
        _ path: String, _ summary: String, _ about: String, example: JSON, text: String
    ) -> Route {
        let body = Array(text.utf8)
        return Route(
            .get, path, summary, tag: "operations", access: .anyone,
            answers: [.init(.ok, about, .anything, example: example)], statementsMax: 0, hasETag: true
        ) { _ in .json(body) }
    }

    /// The text of `/asyncapi.json`.
    var asyncAPIDocument: String { AsyncAPI.document(of: channelOwners, version: Self.version).text }
}
