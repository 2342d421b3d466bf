import Core
package import Jobs

/// Carries a payment on until it is done, or its provider makes us wait.
struct SettlePayment: Job {
    static let kind = "ledger.settle_payment"
    let payment: ID<Payment>
    /// How often the provider has made us wait.
    let round: Int64

    init(payment: ID<Payment>, round: Int64) {
        self.payment = payment
        self.round = round
    }

    init(payload: JSON) throws {
        payment = try Payment.subject(of: payload)
        round = payload["round"]?.integer ?? 0
    }

    var payload: JSON { ["payment": .string(payment.description), "round": .integer(round)] }
}

/// Finds out what is true of a payment, where a notice is at odds with what is known.
struct AskProvider: Job {
    static let kind = "ledger.ask_provider"
    let payment: ID<Payment>

    init(payment: ID<Payment>) { self.payment = payment }
    init(payload: JSON) throws { payment = try Payment.subject(of: payload) }
    var payload: JSON { ["payment": .string(payment.description)] }
}

extension Payment {
    fileprivate static func subject(of payload: JSON) throws -> ID<Payment> {
        guard let id = payload["payment"]?.string.flatMap({ ID<Payment>($0) }) else {
            throw PermanentJobFailure("the payload names no payment")
        }
        return id
    }
}

/// Gives back what holds have set aside for longer than they may.
package struct ExpireHolds: ArgumentlessJob {
    package static let kind = "ledger.expire_holds"

    package init() {}
}

/// Forgets notices that are too old to be believed if they came again.
package struct PruneNotices: ArgumentlessJob {
    package static let kind = "ledger.prune_notices"

    package init() {}
}

extension LedgerService {
    /// Registers what Ledger's jobs do.
    package func register(in handlers: inout JobHandlers) {
        handlers.on(SettlePayment.self) { job, context in
            try await settlePayment(job.payment, round: job.round, mayFail: !context.isLastAttempt)
        }
        handlers.on(AskProvider.self) { job, _ in try await askProvider(about: job.payment) }
        handlers.on(ExpireHolds.self, timeoutSeconds: 600) { _, _ in try await expireHolds() }
        handlers.on(PruneNotices.self, timeoutSeconds: 600) { _, _ in try await pruneNotices() }
    }

    /// Work that recurs.
    package static func schedules() throws -> [JobSchedule] {
        [
            JobSchedule("ledger.expire_holds", try CronExpression("* * * * *"), job: ExpireHolds()),
            JobSchedule("ledger.prune_notices", try CronExpression("43 3 * * *"), job: PruneNotices()),
        ]
    }
}
