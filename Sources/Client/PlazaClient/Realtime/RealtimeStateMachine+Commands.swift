import PlazaAPI

extension RealtimeStateMachine {
    /// A command that was not sent yet.
    struct QueuedCommand {
        let key: CommandKey
        /// `"publish":{…}`: all but the id.
        let text: String
    }

    /// A command that was sent and not answered yet.
    struct InFlight {
        let purpose: Purpose
        let until: Int64

        enum Purpose {
            case command(CommandKey)
            case subscribe(SubscriptionKey, channel: String)
            case history(SubscriptionKey)
            case unsubscribe(channel: String)
            case ping(sentAt: Int64)
        }
    }

    /// Bytes of commands that share a frame.
    private static let frameBytesMax = 16_384

    // MARK: Coming in

    mutating func enqueue(_ key: CommandKey, _ name: String, _ body: JSONValue) {
        if case .ended(let reason) = phase {
            return actions.append(.answer(key, .failure(.ended(reason))))
        }
        let text = "\(JSONValue.string(name).text):\(body.text)"
        guard text.utf8.count <= configuration.commandBytesMax else {
            return actions.append(.answer(key, .failure(.tooLarge(bytes: text.utf8.count))))
        }
        queue.append(QueuedCommand(key: key, text: text))
        guard queue.count > configuration.queuedCommandsMax else { return }
        metrics.commandsDropped += 1
        actions.append(.answer(queue.removeFirst().key, .failure(.queueFull)))
    }

    mutating func withdraw(_ key: CommandKey) {
        queue.removeAll { $0.key == key }
    }

    // MARK: Going out

    var hasSomethingToSend: Bool {
        if !queue.isEmpty || leaving.values.contains(.wanted) { return true }
        return subscriptions.values.contains { wantsToSend($0) }
    }

    private func wantsToSend(_ subscription: Subscription) -> Bool {
        switch subscription.state {
        case .wanted: leaving[subscription.channel] == nil
        case .historyWanted: true
        case .retry, .joining, .catchingUp, .live: false
        }
    }

    /// Sends what may be sent now: signs of life, then channels, then commands.
    mutating func pump(now: Int64) {
        guard case .open(let session) = phase else { return }
        var lines: [String] = []
        sendPing(session, &lines, now: now)
        if now >= pausedUntil {
            sendLeaving(&lines, now: now)
            sendSubscriptions(&lines, now: now)
            while !queue.isEmpty, pace.take(now: now) {
                let command = queue.removeFirst()
                send(command.text, .command(command.key), &lines, now: now)
            }
        }
        flush(lines)
    }

    private mutating func sendPing(_ session: Session, _ lines: inout [String], now: Int64) {
        guard now >= session.nextPingAt else { return }
        var session = session
        session.nextPingAt = now + session.heartbeatMilliseconds
        phase = .open(session)
        guard now >= pausedUntil, pace.take(now: now) else { return }
        send(#""ping":{}"#, .ping(sentAt: now), &lines, now: now)
    }

    private mutating func sendLeaving(_ lines: inout [String], now: Int64) {
        guard !leaving.isEmpty else { return }
        for channel in leaving.filter({ $0.value == .wanted }).keys.sorted() {
            guard pace.take(now: now) else { return }
            leaving[channel] = .sent
            send(#""unsubscribe":"# + JSONValue.channel(channel).text, .unsubscribe(channel: channel), &lines, now: now)
        }
    }

    private mutating func sendSubscriptions(_ lines: inout [String], now: Int64) {
        let wanting = subscriptions.filter { wantsToSend($0.value) || $0.value.isDue(now: now) }
        for key in wanting.keys.sorted() {
            guard let subscription = subscriptions[key], leaving[subscription.channel] == nil else { continue }
            guard pace.take(now: now) else { return }
            let body = JSONValue.channel(subscription.channel, since: subscription.position ?? subscription.start).text
            if case .historyWanted(let held) = subscription.state {
                subscriptions[key]?.state = .catchingUp(held)
                send(#""history":"# + body, .history(key), &lines, now: now)
            } else {
                subscriptions[key]?.state = .joining(.init())
                send(#""subscribe":"# + body, .subscribe(key, channel: subscription.channel), &lines, now: now)
            }
        }
    }

    private mutating func send(_ text: String, _ purpose: InFlight.Purpose, _ lines: inout [String], now: Int64) {
        lastID += 1
        inFlight[lastID] = InFlight(purpose: purpose, until: now + configuration.answerMillisecondsMax)
        lines.append(#"{"id":\#(lastID),\#(text)}"#)
    }

    private mutating func flush(_ lines: [String]) {
        var frame = ""
        for line in lines {
            if !frame.isEmpty, frame.utf8.count + line.utf8.count >= Self.frameBytesMax {
                sendFrame(frame)
                frame = ""
            }
            frame += frame.isEmpty ? line : "\n" + line
        }
        if !frame.isEmpty { sendFrame(frame) }
    }

    private mutating func sendFrame(_ frame: String) {
        metrics.bytesSent += Int64(frame.utf8.count)
        actions.append(.send(frame))
    }

    // MARK: Answers

    mutating func answered(_ id: Int64, _ result: Result<JSONValue, RealtimeError.Refusal>, now: Int64) {
        guard let command = inFlight.removeValue(forKey: id) else { return }
        if case .failure(let refusal) = result, refusal.code == "rate_limited" {
            // Who goes on after this is cut off for good.
            pausedUntil = max(pausedUntil, now + (refusal.retryAfterMilliseconds ?? 1_000))
        }
        switch command.purpose {
        case .command(let key): actions.append(.answer(key, result.mapError { .refused($0) }))
        case .subscribe(let key, let channel): subscribeAnswered(key, channel, result, now: now)
        case .history(let key): historyAnswered(key, result, now: now)
        case .unsubscribe(let channel): leaving[channel] = nil
        case .ping(let sentAt):
            metrics.roundTripMilliseconds = now - sentAt
            report()
        }
    }

    /// A command of somebody's may take too long. A channel whose answer does not come is of a connection that is not sane.
    mutating func expireCommands(now: Int64) {
        for (id, command) in inFlight.sorted(by: { $0.key < $1.key }) where command.until <= now {
            switch command.purpose {
            case .command(let key):
                inFlight[id] = nil
                actions.append(.answer(key, .failure(.timedOut)))
            case .ping: inFlight[id] = nil
            case .subscribe, .history, .unsubscribe: return breakConnection(now: now)
            }
        }
    }

    mutating func failInFlight() {
        for (_, command) in inFlight.sorted(by: { $0.key < $1.key }) {
            guard case .command(let key) = command.purpose else { continue }
            actions.append(.answer(key, .failure(.connectionLost)))
        }
        inFlight = [:]
    }
}

extension JSONValue {
    fileprivate static func channel(_ channel: String, since: ChannelPosition? = nil) -> JSONValue {
        guard let since else { return ["channel": .string(channel)] }
        return [
            "channel": .string(channel), "since": ["epoch": .string(since.epoch), "offset": .integer(since.offset)],
        ]
    }
}
