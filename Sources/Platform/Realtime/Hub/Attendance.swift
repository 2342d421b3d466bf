package import Core
import Synchronization

/// One place at the door, taken before the handshake is answered and given back when the socket has gone.
package struct SocketPermit: Sendable {
    package let account: ID<Account>
    package let address: String
}

/// Who has how many sockets, and who has come and gone since it was last told.
final class Attendance: Sendable {
    fileprivate struct State {
        var accounts: [ID<Account>: Int] = [:]
        var addresses: [String: Int] = [:]
        /// Whether each was online when its first change since the last telling began.
        fileprivate var before: [ID<Account>: Bool] = [:]
        var admitted = 0
    }

    private let limits: RealtimeLimits
    private let state = Mutex(State())

    init(limits: RealtimeLimits) {
        self.limits = limits
    }

    /// Sockets admitted since the start.
    var admitted: Int { state.withLock(\.admitted) }

    func isOnline(_ account: ID<Account>) -> Bool {
        state.withLock { $0.accounts[account] != nil }
    }

    /// - Throws: ``SocketRefusal/tooManyForAccount(max:)`` and ``SocketRefusal/tooManyForAddress(max:)``.
    func admit(_ account: ID<Account>, from address: String) throws(SocketRefusal) -> SocketPermit {
        let refusal: SocketRefusal? = state.withLock { state in
            let (ofAccount, ofAddress) = (state.accounts[account] ?? 0, state.addresses[address] ?? 0)
            if ofAccount >= limits.socketsPerAccountMax {
                return .tooManyForAccount(max: limits.socketsPerAccountMax)
            }
            if ofAddress >= limits.socketsPerAddressMax {
                return .tooManyForAddress(max: limits.socketsPerAddressMax)
            }
            state.remember(account)
            state.accounts[account] = ofAccount + 1
            state.addresses[address] = ofAddress + 1
            state.admitted += 1
            return nil
        }
        if let refusal { throw refusal }
        return SocketPermit(account: account, address: address)
    }

    func release(_ permit: SocketPermit) {
        state.withLock { state in
            state.remember(permit.account)
            state.accounts.takeOne(permit.account)
            state.addresses.takeOne(permit.address)
            state.accounts.giveBackRoom()
            state.addresses.giveBackRoom()
        }
    }

    /// - Returns: those whose state differs from when this was asked last.
    func changes() -> (cameOnline: [ID<Account>], wentOffline: [ID<Account>]) {
        state.withLock { state in
            let before = state.before
            state.before = [:]
            let came = before.filter { !$0.value && state.accounts[$0.key] != nil }
            let went = before.filter { $0.value && state.accounts[$0.key] == nil }
            return (came.keys.sorted(), went.keys.sorted())
        }
    }
}

extension Attendance.State {
    fileprivate mutating func remember(_ account: ID<Account>) {
        if before[account] == nil { before[account] = accounts[account] != nil }
    }
}

extension Dictionary where Value == Int {
    fileprivate mutating func takeOne(_ key: Key) {
        let count = self[key, default: 0] - 1
        self[key] = count > 0 ? count : nil
    }
}

/// Why a socket is not opened.
package enum SocketRefusal: Error, Equatable {
    case tooManyForAccount(max: Int)
    case tooManyForAddress(max: Int)
    /// The hub is stopping, or has not begun.
    case draining(retryAfterMilliseconds: Int64)
}
