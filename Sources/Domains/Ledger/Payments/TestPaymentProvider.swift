package import Core
package import HTTPTypes
import Synchronization

/// A provider that moves no money and does what the token says: for trying Plaza out, and for tests.
///
/// Keeps what it was asked in memory: after a restart it has never heard of anything.
package final class TestPaymentProvider: PaymentProvider {
    package enum Token: String, Sendable, CaseIterable {
        case good = "tok_ok"
        /// Refuses.
        case decline = "tok_decline"
        /// Sets aside, and refuses when it is asked to take it.
        case declineCapture = "tok_decline_capture"
        /// Takes what it has set aside, and never answers.
        case timeOutAfterCapture = "tok_timeout_after_capture"
        /// Makes up its mind when it has been asked for the second time.
        case delay = "tok_delay"
        /// Sends each notice twice.
        case duplicate = "tok_duplicate"
        /// Refuses, and says afterwards that it has done it.
        case contradict = "tok_contradict"
        /// Does it, and never answers.
        case timeOutAfterCharge = "tok_timeout_after_charge"
    }

    package struct TimedOut: Error {}

    /// A request to `POST /v1/payments/callbacks/test`.
    package struct Callback: Sendable {
        package let headers: HTTPFields
        package let body: [UInt8]
    }

    private struct Entry {
        let order: ProviderOrder
        var status: ProviderStatus
        /// What was taken, where that was not all.
        var captured: Money?
        var timesAsked = 0
        /// How often money would have moved: once, if all is well.
        var timesMoved = 0

        var amount: Money { status == .completed ? captured ?? order.amount : order.amount }
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Keys by age.
        var keys: [String] = []
        var callbacks: [Callback] = []
        var noticeCount = 0
    }

    /// Payments that are remembered: some 100 bytes each.
    private static let entriesMax = 100_000
    /// Callbacks that wait for somebody to send them.
    private static let callbacksMax = 1_000

    package let name = "test"
    private let signature: CallbackSignature
    private let clock: WallClock
    private let state = Mutex(State())

    package init(secret: [UInt8], clock: WallClock) {
        signature = CallbackSignature(secret: secret)
        self.clock = clock
    }

    // MARK: Calls

    package func authorise(_ order: ProviderOrder) async throws -> ProviderReport {
        try act(on: order, goingWellWith: .authorised)
    }

    package func capture(_ key: String, _ amount: Money) async throws -> ProviderReport {
        let token = state.withLock { state in
            if state.entries[key]?.status == .authorised { state.entries[key]?.captured = amount }
            return state.entries[key].flatMap { Token(rawValue: $0.order.token) }
        }
        let report = change(key, from: .authorised, to: token == .declineCapture ? .declined : .completed)
        if token == .timeOutAfterCapture { throw TimedOut() }
        return report
    }

    package func void(_ key: String) async throws -> ProviderReport {
        change(key, from: .authorised, to: .voided)
    }

    package func refund(_ order: ProviderOrder, of original: String) async throws -> ProviderReport {
        try act(on: order, goingWellWith: .completed)
    }

    package func payOut(_ order: ProviderOrder) async throws -> ProviderReport {
        try act(on: order, goingWellWith: .completed)
    }

    package func report(of key: String) async throws -> ProviderReport {
        state.withLock { state in
            guard var entry = state.entries[key] else { return ProviderReport(.unknown) }
            entry.timesAsked += 1
            if entry.status == .pending, entry.timesAsked >= 2 {
                entry.status = .completed
                entry.timesMoved += 1
            }
            state.entries[key] = entry
            return Self.report(entry)
        }
    }

    private func act(on order: ProviderOrder, goingWellWith status: ProviderStatus) throws -> ProviderReport {
        let answer: ProviderReport? = state.withLock { state in
            // A key that was used before is answered with what became of it.
            if let entry = state.entries[order.key] { return Self.report(entry) }
            var entry = Entry(order: order, status: status)
            var answer: ProviderReport?
            switch Token(rawValue: order.token) {
            case .good, .declineCapture, .timeOutAfterCapture: answer = ProviderReport(status, amount: order.amount)
            case .duplicate:
                answer = ProviderReport(status, amount: order.amount)
                send(status, of: entry, times: 2, &state)
            case .delay:
                entry.status = .pending
                answer = ProviderReport(.pending)
            case .contradict:
                entry.status = .completed
                answer = ProviderReport(.declined, reason: "card_declined")
                send(.completed, of: entry, times: 1, &state)
            case .timeOutAfterCharge: entry.status = .completed
            case .decline:
                entry.status = .declined
                answer = Self.report(entry)
            case nil:
                entry.status = .declined
                answer = ProviderReport(.declined, reason: "unknown_token")
            }
            if entry.status == .completed { entry.timesMoved = 1 }
            remember(entry, &state)
            return answer
        }
        guard let answer else { throw TimedOut() }
        return answer
    }

    private func change(_ key: String, from: ProviderStatus, to: ProviderStatus) -> ProviderReport {
        state.withLock { state in
            guard var entry = state.entries[key] else { return ProviderReport(.unknown) }
            if entry.status == from {
                entry.status = to
                if to == .completed { entry.timesMoved += 1 }
                state.entries[key] = entry
                if entry.order.token == Token.duplicate.rawValue { send(to, of: entry, times: 2, &state) }
            }
            return Self.report(entry)
        }
    }

    private static func report(_ entry: Entry) -> ProviderReport {
        ProviderReport(
            entry.status, amount: entry.amount, reason: entry.status == .declined ? "card_declined" : nil)
    }

    private func remember(_ entry: Entry, _ state: inout State) {
        state.entries[entry.order.key] = entry
        state.keys.append(entry.order.key)
        guard state.keys.count > Self.entriesMax else { return }
        for key in state.keys.prefix(Self.entriesMax / 2) { state.entries[key] = nil }
        state.keys.removeFirst(Self.entriesMax / 2)
    }

    // MARK: Callbacks

    private static let signatureField: HTTPField.Name = {
        guard let name = HTTPField.Name("Plaza-Signature") else { preconditionFailure("it is a field name") }
        return name
    }()

    /// Callbacks that it would have sent by now.
    package func takeCallbacks() -> [Callback] {
        state.withLock { state in
            defer { state.callbacks = [] }
            return state.callbacks
        }
    }

    /// How often money has moved for a key.
    package func timesMoved(_ key: String) -> Int {
        state.withLock { $0.entries[key]?.timesMoved ?? 0 }
    }

    /// What has moved for a key; zero when nothing has.
    package func moved(_ key: String) -> Int64 {
        state.withLock { state in
            state.entries[key].map { $0.timesMoved == 0 ? 0 : $0.amount.amount * Int64($0.timesMoved) } ?? 0
        }
    }

    private func send(_ status: ProviderStatus, of entry: Entry, times: Int, _ state: inout State) {
        state.noticeCount += 1
        guard state.callbacks.count + times <= Self.callbacksMax else { return }
        let callback = callback("evt_\(state.noticeCount)", status, of: entry.order.key, amount: entry.amount)
        state.callbacks += Array(repeating: callback, count: times)
    }

    /// A callback with a signature that is good now.
    func callback(_ id: String, _ status: ProviderStatus, of key: String, amount: Money) -> Callback {
        let notice: JSON = [
            "id": .string(id), "payment": .string(key), "status": .string(status.rawValue),
            "amount": .integer(amount.amount), "currency": .string(amount.currency.rawValue),
        ]
        let body = Array(notice.text.utf8)
        return Callback(headers: headers(signing: body), body: body)
    }

    /// What makes a request with this body a callback of this provider, now.
    package func headers(signing body: [UInt8]) -> HTTPFields {
        [Self.signatureField: signature.header(for: body, at: clock.now())]
    }

    package func notice(headers: HTTPFields, body: [UInt8], now: Timestamp) throws -> ProviderNotice {
        try signature.check(headers[Self.signatureField] ?? "", for: body, now: now)
        guard let json = try? JSONParser.parse(body), let id = json["id"]?.string, let key = json["payment"]?.string,
            let status = json["status"]?.string.flatMap({ ProviderStatus(rawValue: $0) }),
            let amount = json["amount"]?.integer, let currency = json["currency"]?.string.flatMap({ Currency($0) })
        else { throw CallbackRefusal.unreadable }
        return ProviderNotice(id: id, key: key, report: ProviderReport(status, amount: Money(amount, currency)))
    }
}
