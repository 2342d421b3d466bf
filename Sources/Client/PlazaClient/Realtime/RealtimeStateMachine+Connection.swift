import PlazaAPI

extension RealtimeStateMachine {
    mutating func startAttempt(now: Int64) {
        attempt += 1
        metrics.attempts += 1
        phase = .connecting(until: now + configuration.connectMillisecondsMax)
        actions.append(.connect)
        report()
    }

    mutating func opened(now: Int64) {
        guard case .connecting = phase else { return }
        phase = .greeting(until: now + configuration.connectMillisecondsMax)
    }

    mutating func attemptFailed(_ failure: AttemptFailure, now: Int64) {
        guard case .connecting = phase else { return }
        switch failure {
        case .unreachable, .noCredential(isFinal: false): wait(nil, now: now)
        case .noCredential(isFinal: true): end(.signInNeeded)
        case .handshakeRefused(401, _, _):
            // A ticket may have been too old; the next one is not.
            refusedCredentials += 1
            if refusedCredentials > 1 { end(.signInNeeded) } else { wait(nil, now: now) }
        case .handshakeRefused(let status, let code, let retryAfter):
            let isPassing = status == 408 || status == 429 || status >= 500 || retryAfter != nil
            if isPassing { wait(retryAfter, now: now) } else { end(.handshakeRefused(status: status, code: code)) }
        }
    }

    /// - Parameter hint: milliseconds that the server asks for.
    private mutating func wait(_ hint: Int64?, now: Int64) {
        let drawn = backoff.next(random)
        let delay = hint.map { min(max(0, $0), configuration.hintMillisecondsMax) } ?? drawn
        phase = .waiting(until: now + delay)
        report(.waiting(milliseconds: delay))
    }

    mutating func greeted(session: String, heartbeatSeconds: Int64, own: ServerMessage.Own?, now: Int64) {
        guard case .greeting = phase else { return }
        let heartbeat = min(max(heartbeatSeconds, 1), 300) * 1_000
        phase = .open(
            Session(
                id: session, heartbeatMilliseconds: heartbeat, openedAt: now, lastHeardAt: now,
                nextPingAt: now + heartbeat))
        attempt = 0
        refusedCredentials = 0
        metrics.connects += 1
        pace = CommandPace(perSecond: configuration.commandsPerSecond, burst: configuration.commandsBurst)
        pausedUntil = .min
        if let own { startOwn(own) }
        report()
    }

    mutating func heard(now: Int64) {
        guard case .open(var session) = phase else { return }
        session.lastHeardAt = now
        phase = .open(session)
    }

    mutating func tick(now: Int64) {
        switch phase {
        case .idle, .ended: break
        case .waiting(let until): if now >= until { startAttempt(now: now) }
        case .connecting(let until), .greeting(let until): if now >= until { breakConnection(now: now) }
        case .open(let session):
            if now >= session.silentUntil { return breakConnection(now: now) }
            expireCommands(now: now)
        }
    }

    /// Gives the connection up: nothing comes, or nothing that can be understood.
    mutating func breakConnection(now: Int64) {
        metrics.brokenConnections += 1
        actions.append(.dropConnection)
        connectionLost(hint: nil, now: now)
    }

    mutating func closed(_ code: Int?, _ reason: String?, now: Int64) {
        guard isConnected else { return }
        if let code, Self.isFinal(code) {
            return end(code == Self.sessionRevoked ? .signInNeeded : .closedByServer(code: code, reason: reason))
        }
        let hint = reason.flatMap { try? JSONValue(parsing: $0) }?["retry_after_ms"]?.integer
        connectionLost(hint: hint, now: now)
    }

    private static let sessionRevoked = 3500

    /// Whether a close code says not to come back: by the protocol's table, and its range for codes that it will have.
    static func isFinal(_ code: Int) -> Bool {
        switch code {
        case 1002, 1003, 1007, 1009, 3500...3999: true
        default: false
        }
    }

    private mutating func connectionLost(hint: Int64?, now: Int64) {
        if case .open(let session) = phase, now - session.openedAt >= configuration.stableMilliseconds {
            backoff.reset()
        }
        failInFlight()
        disconnectSubscriptions()
        wait(hint, now: now)
    }

    /// Ends everything, once.
    mutating func end(_ reason: RealtimeEnd) {
        if case .ended = phase { return }
        if isConnected { actions.append(.closeConnection(code: 1000)) }
        if case .connecting = phase { actions.append(.dropConnection) }
        phase = .ended(reason)
        failInFlight()
        for command in queue { actions.append(.answer(command.key, .failure(.ended(reason)))) }
        queue = []
        // Who closes it themselves is not told of an error.
        let error = reason == .closed ? nil : RealtimeError.ended(reason)
        for key in subscriptions.keys.sorted() { actions.append(.finish(key, error)) }
        subscriptions = [:]
        keysByChannel = [:]
        leaving = [:]
        report()
    }

    mutating func received(_ text: String, now: Int64) {
        guard isConnected else { return }
        metrics.bytesReceived += Int64(text.utf8.count)
        heard(now: now)
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            // A line that cannot be read may have been a message: the connection is made anew and asked for what was missed.
            guard let json = try? JSONValue(parsing: line) else { return breakConnection(now: now) }
            take(ServerMessage(json), now: now)
            guard isConnected else { return }
        }
    }

    private mutating func take(_ message: ServerMessage, now: Int64) {
        switch message {
        case .connected(let session, let heartbeatSeconds, let own):
            greeted(session: session, heartbeatSeconds: heartbeatSeconds, own: own, now: now)
        case .ok(let id, let answer): answered(id, .success(answer), now: now)
        case .error(let id, let refusal): answered(id, .failure(refusal), now: now)
        case .push(let channel, let offset, let data): pushed(channel, offset, data)
        case .ended(let channel, let code): channelEnded(channel, code)
        case .unknown: break
        }
    }
}
