import PlazaAPI

extension RealtimeStateMachine {
    struct Subscription {
        let channel: String
        /// The last that was told; nil until the channel was joined.
        var position: ChannelPosition?
        /// Where one's own channel stood when the connection began, which is heard from there although nobody said so.
        var start: ChannelPosition?
        var state: State

        enum State {
            /// To be subscribed to as soon as there is a connection.
            case wanted
            case retry(at: Int64)
            case joining(Held)
            case live
            /// Subscribed, and something was missed: to be asked for.
            case historyWanted(Held)
            case catchingUp(Held)
        }

        func isDue(now: Int64) -> Bool {
            if case .retry(let at) = state { at <= now } else { false }
        }
    }

    /// What came while what was before it is being fetched.
    struct Held {
        var messages: [(offset: Int64, data: JSONValue)] = []
        /// More came than is held: it is to be fetched, too.
        var isIncomplete = false

        mutating func add(_ offset: Int64, _ data: JSONValue, max: Int) {
            if messages.count < max { messages.append((offset, data)) } else { isIncomplete = true }
        }
    }

    /// A channel that nobody wants any more, on this connection.
    enum Leaving: Equatable {
        /// Its `subscribe` is not answered yet.
        case afterJoin
        case wanted
        case sent
    }

    // MARK: Wishes

    mutating func subscribe(_ key: SubscriptionKey, to channel: String, since: ChannelPosition?) {
        if case .ended(let reason) = phase { return actions.append(.finish(key, .ended(reason))) }
        guard keysByChannel[channel] == nil else { return actions.append(.finish(key, .alreadySubscribed)) }
        keysByChannel[channel] = key
        subscriptions[key] = Subscription(channel: channel, position: since, state: .wanted)
    }

    mutating func unsubscribe(_ key: SubscriptionKey) {
        guard let subscription = remove(key), case .open = phase else { return }
        switch subscription.state {
        case .wanted, .retry: break
        case .joining: leaving[subscription.channel] = .afterJoin
        case .live, .historyWanted, .catchingUp: leaving[subscription.channel] = .wanted
        }
    }

    /// What comes on one's own channel between the greeting and the answer to `subscribe` is not to be lost.
    mutating func startOwn(_ own: ServerMessage.Own) {
        guard let key = keysByChannel[own.channel], subscriptions[key]?.position == nil else { return }
        subscriptions[key]?.start = own.position
    }

    @discardableResult
    private mutating func remove(_ key: SubscriptionKey) -> Subscription? {
        guard let subscription = subscriptions.removeValue(forKey: key) else { return nil }
        keysByChannel[subscription.channel] = nil
        return subscription
    }

    private mutating func finish(_ key: SubscriptionKey, _ error: RealtimeError) {
        guard remove(key) != nil else { return }
        actions.append(.finish(key, error))
    }

    /// The connection is gone; what was subscribed to shall be again, from where it was.
    mutating func disconnectSubscriptions() {
        for key in subscriptions.keys {
            subscriptions[key]?.state = .wanted
            subscriptions[key]?.start = nil
        }
        leaving = [:]
    }

    // MARK: Answers

    mutating func subscribeAnswered(
        _ key: SubscriptionKey, _ channel: String, _ result: Result<JSONValue, RealtimeError.Refusal>, now: Int64
    ) {
        guard case .joining(let held)? = subscriptions[key]?.state else {
            // Nobody wants it any more.
            guard leaving[channel] == .afterJoin else { return }
            if case .success = result { leaving[channel] = .wanted } else { leaving[channel] = nil }
            return
        }
        switch result {
        case .success(let answer): catchUp(key, answer, held, now: now)
        case .failure(let refusal) where refusal.code == "already_subscribed":
            // The server joins a person to their own channel by itself.
            subscriptions[key]?.state = .historyWanted(held)
        case .failure(let refusal): refused(key, refusal, now: now)
        }
    }

    mutating func historyAnswered(
        _ key: SubscriptionKey, _ result: Result<JSONValue, RealtimeError.Refusal>, now: Int64
    ) {
        guard case .catchingUp(let held)? = subscriptions[key]?.state else { return }
        switch result {
        case .success(let answer): catchUp(key, answer, held, now: now)
        case .failure(let refusal) where refusal.code == "not_subscribed": subscriptions[key]?.state = .wanted
        case .failure(let refusal): refused(key, refusal, now: now)
        }
    }

    private mutating func refused(_ key: SubscriptionKey, _ refusal: RealtimeError.Refusal, now: Int64) {
        guard refusal.isRetryable else { return finish(key, .refused(refusal)) }
        let delay = refusal.retryAfterMilliseconds ?? random(1_000...5_000)
        subscriptions[key]?.state = .retry(at: now + min(max(0, delay), configuration.hintMillisecondsMax))
    }

    /// Tells what an answer holds, then what was held.
    private mutating func catchUp(_ key: SubscriptionKey, _ json: JSONValue, _ held: Held, now: Int64) {
        guard let answer = ChannelAnswer(json) else { return breakConnection(now: now) }
        subscriptions[key]?.state = .live
        tell(key, answer)
        for data in answer.latest { actions.append(.deliver(key, .newest(data))) }
        guard let position = subscriptions[key]?.position else { return }
        var isBehind = position.offset < answer.position.offset || held.isIncomplete
        for message in held.messages where !isBehind {
            isBehind = !tell(key, message.offset, message.data)
        }
        if isBehind { subscriptions[key]?.state = .historyWanted(Held()) }
    }

    private mutating func tell(_ key: SubscriptionKey, _ answer: ChannelAnswer) {
        guard let before = subscriptions[key]?.position else { return join(key, answer) }
        metrics.messages += Int64(answer.messages.count)
        let new = answer.messages.drop { $0.offset <= before.offset }
        metrics.duplicates += Int64(answer.messages.count - new.count)
        let isWhole =
            answer.isRecovered && answer.position.epoch == before.epoch
            && new.enumerated().allSatisfy { $0.element.offset == before.offset + 1 + Int64($0.offset) }
            && (!new.isEmpty || answer.position.offset == before.offset)
        guard isWhole else {
            metrics.refusedRecoveries += 1
            subscriptions[key]?.position = answer.position
            return actions.append(.deliver(key, .missed(answer.position)))
        }
        metrics.resumed += 1
        actions.append(.deliver(key, .recovered(count: new.count)))
        for message in new { tell(key, message.offset, message.data) }
    }

    private mutating func join(_ key: SubscriptionKey, _ answer: ChannelAnswer) {
        let start = subscriptions[key]?.start.flatMap {
            answer.isRecovered && $0.epoch == answer.position.epoch ? $0 : nil
        }
        let position = start ?? answer.position
        subscriptions[key]?.position = position
        subscriptions[key]?.start = nil
        actions.append(.deliver(key, .joined(position)))
        guard start != nil else { return }
        metrics.messages += Int64(answer.messages.count)
        for message in answer.messages { tell(key, message.offset, message.data) }
    }

    // MARK: Pushes

    /// The server has unsubscribed it, and would again.
    mutating func channelEnded(_ channel: String, _ code: String) {
        guard let key = keysByChannel[channel] else { return }
        // Whether one may still hear it is said when one asks.
        if code == "subscribe_again" {
            subscriptions[key]?.state = .wanted
            return
        }
        finish(key, .refused(.init(code: code, message: "The channel is heard no more.", isRetryable: false)))
    }

    mutating func pushed(_ channel: String, _ offset: Int64?, _ data: JSONValue) {
        guard let key = keysByChannel[channel], let subscription = subscriptions[key] else { return }
        metrics.messages += 1
        guard let offset else {
            return actions.append(.deliver(key, .newest(data)))
        }
        switch subscription.state {
        // What comes before the channel is joined here is told when it is.
        case .wanted, .retry: break
        case .joining(var held):
            held.add(offset, data, max: configuration.heldMessagesMax)
            subscriptions[key]?.state = .joining(held)
        case .historyWanted(var held):
            held.add(offset, data, max: configuration.heldMessagesMax)
            subscriptions[key]?.state = .historyWanted(held)
        case .catchingUp(var held):
            held.add(offset, data, max: configuration.heldMessagesMax)
            subscriptions[key]?.state = .catchingUp(held)
        case .live:
            if tell(key, offset, data) { return }
            subscriptions[key]?.state = .historyWanted(Held(messages: [(offset, data)]))
        }
    }

    /// - Returns: false for a message before which others are missing.
    @discardableResult
    private mutating func tell(_ key: SubscriptionKey, _ offset: Int64, _ data: JSONValue) -> Bool {
        guard let position = subscriptions[key]?.position else { return true }
        guard offset > position.offset else {
            metrics.duplicates += 1
            return true
        }
        guard offset == position.offset + 1 else { return false }
        subscriptions[key]?.position = ChannelPosition(epoch: position.epoch, offset: offset)
        actions.append(.deliver(key, .message(offset: offset, data: data)))
        return true
    }
}
