import Core
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Telemetry
import Testing

@testable import Realtime

/// A hub on one loop whose turns the test takes.
final class HubFixture {
    let loop = EmbeddedEventLoop()
    let hub: RealtimeHub
    let registry = MetricRegistry()
    let observer = Comings()
    private var accounts: Int64 = 0

    /// Everybody may hear `open:` and publish to it; `secret:` nobody; `counted:` tells how many hear it.
    init(_ change: (inout RealtimeLimits) -> Void = { _ in }, owners: [any ChannelOwner] = []) {
        var limits = RealtimeLimits()
        change(&limits)
        hub = RealtimeHub(
            limits: limits, group: loop, random: .seeded(1), clock: .system, registry: registry,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        hub.start(
            owners: [OpenChannels(hub: hub), SecretChannels(), CountedChannels()] + owners, observer: observer)
        loop.run()
    }

    /// A socket of somebody new, or of `account`.
    func connect(
        _ account: ID<Account>? = nil, session: Int64 = 1, from address: String = "192.0.2.1"
    ) throws -> Client {
        accounts += 1
        let account = account ?? ID(rawValue: accounts)
        let principal = Principal(account: account, session: ID(rawValue: session), role: .person)
        let permit = try hub.admit(account, from: address)
        let handler = try #require(hub.handler(for: principal, permit: permit, on: loop))
        return try Client(EmbeddedChannel(handler: handler, loop: loop), account: account, loop: loop)
    }

    func publish(_ channel: String, _ number: Int64, _ delivery: Push.Delivery = .ordered, key: String? = nil) throws {
        hub.publish(Push(try #require(ChannelName(channel)), ["type": "n", "n": .integer(number)], delivery, key: key))
    }

    func position(_ channel: String) throws -> ChannelPosition {
        hub.position(of: try #require(ChannelName(channel)))
    }

    func advance(ticks: Int) {
        for _ in 0..<ticks { loop.advanceTime(by: hub.limits.tick) }
    }
}

/// One client's end of a socket.
final class Client {
    let channel: EmbeddedChannel
    let account: ID<Account>
    private let loop: EmbeddedEventLoop
    private var commands: Int64 = 0
    /// What came before an answer that was waited for.
    private var unread: [JSON] = []

    init(_ channel: EmbeddedChannel, account: ID<Account>, loop: EmbeddedEventLoop) throws {
        (self.channel, self.account, self.loop) = (channel, account, loop)
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
        loop.run()
    }

    /// What has come since this was asked last.
    func frames() throws -> [ServerFrame] {
        loop.run()
        var bytes = ByteBuffer()
        while var more = try channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&more) }
        return ServerFrame.whole(in: &bytes)
    }

    /// The JSON of what has come, without pings.
    func heard() throws -> [JSON] {
        defer { unread = [] }
        return try unread + frames().filter { $0.opcode == 1 }.map { try JSONParser.parse($0.payload) }
    }

    /// The numbers of the messages that have come.
    func numbers() throws -> [Int64] { try heard().compactMap { $0["data"]?["n"]?.integer } }

    func send(_ bytes: [UInt8]) throws { try channel.writeInbound(ByteBuffer(bytes: bytes)) }

    @discardableResult func command(_ body: String) throws -> JSON {
        commands += 1
        try send(ClientFrame.text(#"{"id":\#(commands),\#(body)}"#))
        var heard = try heard()
        let place = try #require(heard.lastIndex { $0["id"] == .integer(commands) })
        let answer = heard.remove(at: place)
        unread = heard
        return answer
    }

    @discardableResult func subscribe(_ name: String, since: ChannelPosition? = nil) throws -> JSON {
        let since = since.map { #","since":{"epoch":"\#($0.epoch)","offset":\#($0.offset)}"# } ?? ""
        return try command(#""subscribe":{"channel":"\#(name)"\#(since)}"#)
    }

    var isOpen: Bool { channel.isActive }
}

extension JSON {
    var code: String? { self["error"]?["code"]?.string }
    var numbers: [Int64] { self["ok"]?["messages"]?.array?.compactMap { $0["data"]?["n"]?.integer } ?? [] }
}

struct OpenChannels: ChannelOwner {
    let namespace = "open"
    let shape = ChannelShape("Nobody but tests.", key: "key", keyExample: "a", pushes: [])
    let hub: RealtimeHub

    func admit(_ principal: Principal, to channel: ChannelName) async throws -> ChannelTerms {
        var terms = ChannelTerms()
        (terms.historyCountMax, terms.sampledPerSecondMax) = (10, 3)
        return terms
    }

    func take(_ data: JSON, for channel: ChannelName, from principal: Principal) async throws -> JSON {
        guard let number = data["n"] else { throw ChannelRefusal.invalidData("data needs n.") }
        hub.publish(Push(channel, ["type": "n", "n": number]))
        return ["taken": true]
    }

    func online(in channel: ChannelName, for principal: Principal) async throws -> [ID<Account>] {
        hub.isOnline(principal.account) ? [principal.account] : []
    }
}

struct SecretChannels: ChannelOwner {
    struct Broken: Error {}
    let namespace = "secret"
    let shape = ChannelShape("Nobody but tests.", key: "key", keyExample: "a", pushes: [])

    func admit(_ principal: Principal, to channel: ChannelName) async throws -> ChannelTerms {
        if channel.key == "broken" { throw Broken() }
        throw ChannelRefusal.notPermitted("Nobody may hear this.")
    }
}

struct CountedChannels: ChannelOwner {
    let namespace = "counted"
    let shape = ChannelShape("Nobody but tests.", key: "key", keyExample: "a", pushes: [])

    func admit(_ principal: Principal, to channel: ChannelName) async throws -> ChannelTerms {
        var terms = ChannelTerms()
        terms.countsSubscribers = true
        return terms
    }
}

/// Who came and went, as the hub told it.
final class Comings: OnlineObserver {
    private let told = Mutex<[(came: [ID<Account>], went: [ID<Account>])]>([])

    var all: [(came: [ID<Account>], went: [ID<Account>])] { told.withLock { $0 } }

    func accountsChanged(cameOnline: [ID<Account>], wentOffline: [ID<Account>]) {
        told.withLock { $0.append((cameOnline, wentOffline)) }
    }
}
