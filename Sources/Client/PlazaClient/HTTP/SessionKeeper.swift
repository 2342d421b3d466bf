import NIOCore
import PlazaAPI
import Synchronization

/// Holds the session, and sees to it that it is refreshed by one at a time: a refresh token that is used twice ends its
/// session.
final class SessionKeeper: Sendable {
    private struct State {
        var session: SessionTokens?
        /// The refresh under way, for all who need it.
        var refreshing: EventLoopFuture<SessionTokens>?
    }

    private let state: Mutex<State>
    private let eventLoop: any EventLoop
    private let onChange: @Sendable (SessionTokens?) -> Void

    init(
        _ session: SessionTokens?, eventLoop: any EventLoop, onChange: @escaping @Sendable (SessionTokens?) -> Void
    ) {
        state = Mutex(State(session: session))
        self.eventLoop = eventLoop
        self.onChange = onChange
    }

    var session: SessionTokens? { state.withLock(\.session) }

    func set(_ session: SessionTokens?) {
        // A refresh of another session is not what this one waits for.
        state.withLock { $0 = State(session: session) }
        onChange(session)
    }

    /// The session after `stale`: what somebody has fetched since, or what `fetch` gets.
    ///
    /// `fetch` is not cancelled with its caller: once the server has given new tokens, the old ones are worth nothing.
    /// - Throws: ``PlazaError/signedOut``, and what `fetch` throws.
    func session(
        after stale: SessionTokens, fetch: @escaping @Sendable (SessionTokens) async throws -> SessionTokens
    ) async throws -> SessionTokens {
        switch next(after: stale) {
        case .signedOut: throw PlazaError.signedOut
        case .fresh(let session): return session
        case .wait(let refreshing): return try await refreshing.get()
        case .refresh(let promise):
            promise.completeWithTask { try await self.refresh(stale, fetch: fetch) }
            return try await promise.futureResult.get()
        }
    }

    private enum Next {
        case signedOut
        /// Somebody has a newer one already.
        case fresh(SessionTokens)
        /// Somebody fetches it.
        case wait(EventLoopFuture<SessionTokens>)
        case refresh(EventLoopPromise<SessionTokens>)
    }

    private func next(after stale: SessionTokens) -> Next {
        state.withLock { state in
            guard let session = state.session else { return .signedOut }
            if session != stale { return .fresh(session) }
            if let refreshing = state.refreshing { return .wait(refreshing) }
            let promise = eventLoop.makePromise(of: SessionTokens.self)
            state.refreshing = promise.futureResult
            return .refresh(promise)
        }
    }

    private func refresh(
        _ stale: SessionTokens, fetch: @Sendable (SessionTokens) async throws -> SessionTokens
    ) async throws -> SessionTokens {
        do {
            let session = try await fetch(stale)
            finish(session, instead: stale)
            return session
        } catch PlazaError.problem(let problem) where problem.status == 401 {
            // The session is over: what is kept of it would be asked for again and again.
            finish(nil, instead: stale)
            throw PlazaError.problem(problem)
        } catch {
            state.withLock { if $0.session == stale { $0.refreshing = nil } }
            throw error
        }
    }

    /// Somebody may have signed in or out meanwhile: that stands.
    private func finish(_ session: SessionTokens?, instead stale: SessionTokens) {
        let isNews = state.withLock { state in
            guard state.session == stale else { return false }
            state = State(session: session)
            return true
        }
        if isNews { onChange(session) }
    }
}
