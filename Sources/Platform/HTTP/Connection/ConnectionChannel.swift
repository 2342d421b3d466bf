import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// What Hummingbird's server does with each connection that it accepts.
///
/// NIO parses; ``HTTPConnection`` does the rest on the loop. Hummingbird's own channel carries every part of a request
/// and of its answer through an async sequence: of a small request that is the larger half of the cost.
struct ConnectionChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    /// Bytes of all header fields together.
    private static let headerBytesMax = 16 * 1_024

    private let responder: APIResponder
    private let limits: HTTPConnection.Limits
    private let loops: [ObjectIdentifier: NIOLoopBoundBox<LoopConnections>]

    init(
        responder: APIResponder, limits: HTTPConnection.Limits, group: any EventLoopGroup,
        connections: OpenConnections
    ) {
        self.responder = responder
        self.limits = limits
        loops = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { loop in
                (
                    ObjectIdentifier(loop),
                    NIOLoopBoundBox.makeBoxSendingValue(
                        LoopConnections(loop: loop, open: connections), eventLoop: loop)
                )
            })
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var decoderLimits = NIOHTTPDecoderLimitConfiguration()
            decoderLimits.maxHeaderFieldSize = Self.headerBytesMax
            decoderLimits.maxHeaderListSize = Self.headerBytesMax
            decoderLimits.maxHeaderFieldCount = 100
            guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else {
                preconditionFailure("a connection runs on a loop of the server's group")
            }
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoderLimits))
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(decoder)
            try pipeline.addHandler(
                HTTPConnection(
                    responder: responder, limits: limits, loop: loop.value, wire: pipeline.context(handler: decoder)))
            return Value(channel: channel)
        }
    }

    /// Nothing is left to do: a task that waited for the connection's end would be a kilobyte for each.
    func handle(value: Value, logger: Logger) async {}
}
