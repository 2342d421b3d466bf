import NIOCore
import NIOPosix
import Synchronization

/// A line between a client and a server that can be cut and mended.
final class NetworkLine: Sendable {
    enum Cut: CaseIterable, Sendable {
        /// Connections end at once, on both sides.
        case reset
        /// Nothing comes any more, and nobody is told.
        case silence
    }

    private struct State {
        var isCut = false
        /// Connections that began before the last cut carry nothing any more.
        var cuts = 0
        var ends: [any Channel] = []
    }

    private let state = Mutex(State())
    private let target: Int

    fileprivate init(to target: Int) {
        self.target = target
    }

    fileprivate func listen() async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in self.join(near) }
            .bind(host: "localhost", port: 0).get()
    }

    /// Connections from now on fail, and those there are break.
    func cut(_ kind: Cut) {
        let ends = state.withLock { state in
            (state.isCut, state.cuts) = (true, state.cuts + 1)
            return state.ends
        }
        guard kind == .reset else { return }
        for end in ends { end.close(promise: nil) }
    }

    func mend() {
        state.withLock { $0.isCut = false }
    }

    fileprivate func end() {
        for end in state.withLock(\.ends) { end.close(promise: nil) }
    }

    private func join(_ near: any Channel) -> EventLoopFuture<Void> {
        let (isCut, cuts) = state.withLock { ($0.isCut, $0.cuts) }
        guard !isCut else { return near.close() }
        return ClientBootstrap(group: near.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "localhost", port: target)
            .flatMap { far in
                self.state.withLock { $0.ends += [near, far] }
                let carries: @Sendable () -> Bool = { self.state.withLock { $0.cuts == cuts } }
                return near.pipeline.addHandler(Forwarder(to: far, carries: carries))
                    .flatMap { far.pipeline.addHandler(Forwarder(to: near, carries: carries)) }
                    .flatMap { far.setOption(.autoRead, value: true) }
                    .flatMap { near.setOption(.autoRead, value: true) }
            }
    }
}

private final class Forwarder: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let other: any Channel
    private let carries: @Sendable () -> Bool

    init(to other: any Channel, carries: @escaping @Sendable () -> Bool) {
        self.other = other
        self.carries = carries
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if carries() { other.writeAndFlush(unwrapInboundIn(data), promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if carries() { other.close(promise: nil) }
    }
}

/// Puts a line before a port, runs `body` and takes it away.
func withLine<Value>(to port: Int, _ body: (NetworkLine, _ port: Int) async throws -> Value) async throws -> Value {
    let line = NetworkLine(to: port)
    let listener = try await line.listen()
    defer { line.end() }
    do {
        let value = try await body(line, listener.localAddress?.port ?? 0)
        try await listener.close()
        return value
    } catch {
        try? await listener.close()
        throw error
    }
}
