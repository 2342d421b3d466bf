package import Core

/// Answers for the channels of one namespace: who may hear them, and what may be said in them. Slices are owners; App hands
/// them to the hub.
///
/// Called once for each command, never while a socket is idle. What is thrown beside ``ChannelRefusal`` is answered as
/// `internal` and logged.
package protocol ChannelOwner: Sendable {
    /// The part of a channel's name before the colon.
    var namespace: String { get }

    /// What its channels carry, as `/asyncapi.json` says it.
    var shape: ChannelShape { get }

    /// Decides whether `principal` may hear `channel`.
    /// - Throws: ``ChannelRefusal``.
    func admit(_ principal: Principal, to channel: ChannelName) async throws -> ChannelTerms

    /// Takes what a subscriber publishes. The owner decides what comes of it, and pushes that itself.
    /// - Returns: what the publisher is answered.
    /// - Throws: ``ChannelRefusal``.
    func take(_ data: JSON, for channel: ChannelName, from principal: Principal) async throws -> JSON

    /// Who of those that belong to the channel is online, as far as `principal` may know.
    /// - Throws: ``ChannelRefusal``.
    func online(in channel: ChannelName, for principal: Principal) async throws -> [ID<Account>]
}

extension ChannelOwner {
    package func take(_ data: JSON, for channel: ChannelName, from principal: Principal) async throws -> JSON {
        throw ChannelRefusal.notPermitted("Nothing is published to this channel by clients.")
    }

    package func online(in channel: ChannelName, for principal: Principal) async throws -> [ID<Account>] {
        throw ChannelRefusal.notPermitted("Nobody's presence is told in this channel.")
    }
}

/// How a channel is kept.
package struct ChannelTerms: Sendable, Equatable {
    /// Ordered messages kept for recovery.
    package var historyCountMax = 100
    /// Seconds that they are kept.
    package var historySecondsMax: Int64 = 300
    /// Bytes of them.
    package var historyBytesMax = 256 * 1_024
    /// `sampled` messages that are told in a second; more are left out, for everybody alike.
    package var sampledPerSecondMax = 50
    /// Pushes `{"type":"viewers.counted","count":…}` as a newest value, once a second at most.
    package var countsSubscribers = false

    package init() {}
}

/// Why a command is not done. The code is stable; the message tells the remedy.
package struct ChannelRefusal: Error, Equatable {
    package let code: String
    package let message: String
    /// Nil: waiting does not help.
    package let retryAfterMilliseconds: Int64?

    package init(code: String, message: String, retryAfterMilliseconds: Int64? = nil) {
        self.code = code
        self.message = message
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    package static func notPermitted(_ message: String) -> Self { Self(code: "not_permitted", message: message) }
    package static func unknownChannel(_ message: String) -> Self { Self(code: "unknown_channel", message: message) }
    package static func invalidData(_ message: String) -> Self { Self(code: "invalid_data", message: message) }
    package static func rateLimited(_ message: String, retryAfterMilliseconds: Int64) -> Self {
        Self(code: "rate_limited", message: message, retryAfterMilliseconds: retryAfterMilliseconds)
    }
}
