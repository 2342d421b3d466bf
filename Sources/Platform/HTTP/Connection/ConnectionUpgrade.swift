package import NIOCore
package import NIOHTTP1

/// Takes over connections that ask to speak something else on a route's path (RFC 9110 §7.8).
package protocol ConnectionUpgrade: Sendable {
    /// Decides about a request that carries `Upgrade`.
    /// - Parameter address: of the client, past our own proxies.
    /// - Throws: a ``Problem``, or what maps to one; the connection is closed after it.
    func open(_ head: HTTPRequestHead, from address: String) async throws -> UpgradedConnection
}

/// What a connection becomes.
package struct UpgradedConnection: Sendable {
    /// Header fields of `101 Switching Protocols`.
    let fields: [(name: String, value: String)]
    let makeHandler: @Sendable (any EventLoop) -> (any ChannelHandler)?
    let abandon: @Sendable () -> Void

    /// - Parameters:
    ///   - makeHandler: makes the handler that is alone in the pipeline afterwards; nil when its
    ///     service is stopping. Called on the loop.
    ///   - abandon: called instead when the connection has gone before it was taken over.
    package init(
        fields: [(name: String, value: String)],
        makeHandler: @escaping @Sendable (any EventLoop) -> (any ChannelHandler)?,
        abandon: @escaping @Sendable () -> Void
    ) {
        self.fields = fields
        self.makeHandler = makeHandler
        self.abandon = abandon
    }

    /// The bytes of the answer.
    var head: ByteBuffer {
        var bytes = ByteBuffer(string: "HTTP/1.1 101 Switching Protocols\r\n")
        for (name, value) in fields { bytes.writeString("\(name): \(value)\r\n") }
        bytes.writeStaticString("\r\n")
        return bytes
    }
}
