/// How a consumer goes on after success and failure: batches, until one fails again and again; then event by event
/// through that batch, so that only the event at fault is set aside.
enum ConsumerPace: Equatable {
    case batches(failures: Int)
    /// One event at a time up to that position.
    case single(until: Int64)

    enum Remedy: Equatable {
        case retry(afterFailures: Int)
        case setAside
    }

    /// Attempts at a batch before it is taken apart.
    static let attemptsMax = 3

    func limit(batchMax: Int) -> Int {
        switch self {
        case .batches: batchMax
        case .single: 1
        }
    }

    mutating func succeeded(upTo position: Int64) {
        if case .single(let until) = self, position < until { return }
        self = .batches(failures: 0)
    }

    mutating func failed(upTo position: Int64) -> Remedy {
        switch self {
        case .single:
            succeeded(upTo: position)
            return .setAside
        case .batches(let failures) where failures + 1 < Self.attemptsMax:
            self = .batches(failures: failures + 1)
            return .retry(afterFailures: failures + 1)
        case .batches(let failures):
            self = .single(until: position)
            return .retry(afterFailures: failures + 1)
        }
    }
}
