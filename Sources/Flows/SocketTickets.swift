package import Core
import Crypto
import Synchronization

/// Tickets that open one socket within a minute: for browsers, which send no `Authorization` with a handshake. A ticket may
/// stand in logs of addresses, so it is short-lived and good for once; an access token is neither.
///
/// Sealed, so that every instance takes them; that one is used once is remembered by the instance that took it. What an
/// instance took before it was restarted it has forgotten, so it takes none that is older than itself.
package final class SocketTickets: Sendable {
    package static let validSeconds: Int64 = 60
    private static let filter = Array("realtime ticket 1:".utf8)
    private static let payloadLength = 40

    private let key: [UInt8]
    private let clock: WallClock
    private let random: RandomSource
    private let startedAt: Timestamp
    /// By a clock that nobody sets.
    private let startedNanoseconds = monotonicNanoseconds()
    /// Numbers of tickets that were taken, with the end of their time.
    private let taken = Mutex<[UInt64: Timestamp]>([:])

    /// - Parameter key: 32 secret bytes, the same on every instance.
    package init(key: [UInt8], clock: WallClock, random: RandomSource) {
        self.key = key
        self.clock = clock
        self.random = random
        startedAt = clock.now()
    }

    package func issue(to principal: Principal) -> (ticket: String, expiresAt: Timestamp) {
        let expiresAt = clock.now().advanced(bySeconds: Self.validSeconds)
        var payload: [UInt8] = []
        let fields = [
            principal.account.rawValue, principal.session.rawValue, principal.role.rawValue, expiresAt.microseconds,
            Int64(bitPattern: random.next()),
        ]
        for field in fields { withUnsafeBytes(of: field.bigEndian) { payload.append(contentsOf: $0) } }
        return (Base64URL.encode(payload + tag(payload)), expiresAt)
    }

    /// - Returns: nil for a ticket that is forged, too old, used, or from before this instance.
    package func redeem(_ ticket: String) -> Principal? {
        guard let bytes = Base64URL.decode(ticket), bytes.count == Self.payloadLength + SHA256.byteCount else {
            return nil
        }
        let payload = Array(bytes.prefix(Self.payloadLength))
        guard
            HMAC<SHA256>.isValidAuthenticationCode(
                bytes.suffix(SHA256.byteCount), authenticating: Self.filter + payload, using: SymmetricKey(data: key))
        else { return nil }
        let fields = stride(from: 0, to: Self.payloadLength, by: 8).map { start in
            payload[start..<start + 8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        }
        let (expiresAt, now) = (Timestamp(microseconds: fields[3]), clock.now())
        guard now < expiresAt, !mayBeFromBefore || expiresAt >= startedAt.advanced(bySeconds: Self.validSeconds),
            let role = Role(rawValue: fields[2]), take(UInt64(bitPattern: fields[4]), expiresAt, now)
        else { return nil }
        return Principal(account: ID(rawValue: fields[0]), session: ID(rawValue: fields[1]), role: role)
    }

    /// Tickets of an earlier run may still be good.
    private var mayBeFromBefore: Bool {
        monotonicNanoseconds() - startedNanoseconds < UInt64(Self.validSeconds) * 1_000_000_000
    }

    private func take(_ number: UInt64, _ expiresAt: Timestamp, _ now: Timestamp) -> Bool {
        taken.withLock { taken in
            // Those whose time is over need no remembering; looked through when there are enough to be worth it.
            if taken.count >= 4_096, taken.count.nonzeroBitCount == 1 { taken = taken.filter { $0.value > now } }
            return taken.updateValue(expiresAt, forKey: number) == nil
        }
    }

    private func tag(_ payload: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Self.filter + payload, using: SymmetricKey(data: key)))
    }
}
