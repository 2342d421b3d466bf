/// Where a payment stands. Stored by raw value.
enum PaymentState: Int64, Sendable, CaseIterable {
    /// Written down; the provider does not know of it.
    case requested = 0
    /// The provider was asked, and may have done it or not.
    case asked = 1
    /// The provider has set it aside for us.
    case authorised = 2
    /// The provider was asked to take what it has set aside.
    case capturing = 3
    /// The provider was asked to let go of it.
    case voiding = 4
    /// The provider has taken it, and it is not in the wallet yet.
    case taken = 5
    case done = 6
    /// A payout that the provider has refused and that is not back in the wallet yet.
    case refused = 7
    case failed = 8
}

/// What a provider says of a payment.
enum ProviderStatus: String, Sendable, CaseIterable {
    /// It has never heard of it.
    case unknown
    /// It will say later.
    case pending
    case authorised
    /// Taken from the payer, or given to the payee.
    case completed
    case declined
    case voided
}

/// What becomes of a payment when its provider says something. Pure: the shell around it calls and books.
struct PaymentStateMachine: Equatable, Sendable {
    enum Call: Equatable, Sendable {
        case authorise, capture, void, payOut, refund
        /// What has become of it: always first when a call may have been made before.
        case ask
    }

    enum Source: Sendable, CaseIterable {
        /// What the provider answers to us now: the truth.
        case answer
        /// What it has sent by itself: late, twice and out of order.
        case notice
    }

    enum Reaction: Equatable, Sendable {
        case nothing
        /// ``begin(_:)`` has a call to make.
        case call
        /// Ask again later.
        case wait
        /// A notice is at odds with what is known: ask what is true.
        case ask
        /// Money is to be moved in the books: into the wallet when ``PaymentState/taken``, back into it when
        /// ``PaymentState/refused``.
        case book
        /// What was true is not any more, and the books cannot follow by themselves.
        case contradiction
    }

    /// What is to become of money that a provider has set aside.
    enum Wish: Sendable, CaseIterable {
        case take
        /// No order has claimed it yet.
        case keep
        /// Also when the wallet is frozen: nothing is taken for one that could not have it.
        case letGo
    }

    let kind: Payment.Kind
    private(set) var state: PaymentState

    init(_ kind: Payment.Kind, _ state: PaymentState) {
        self.kind = kind
        self.state = state
    }

    /// The next call, and the state in which it is made: to be stored before calling.
    mutating func begin(_ wish: Wish) -> Call? {
        switch state {
        // The provider should not know of it; when it does after all, it says so.
        case .requested where kind == .authorisation && wish == .letGo: return call(.void, in: .voiding)
        case .requested:
            state = .asked
            switch kind {
            case .topUp, .authorisation: return .authorise
            case .payout: return .payOut
            case .refund: return .refund
            }
        case .authorised:
            switch wish {
            case .take: return call(.capture, in: .capturing)
            case .keep: return nil
            case .letGo: return call(.void, in: .voiding)
            }
        case .asked, .capturing, .voiding: return .ask
        case .taken, .refused, .done, .failed: return nil
        }
    }

    private mutating func call(_ call: Call, in state: PaymentState) -> Call {
        self.state = state
        return call
    }

    mutating func hear(_ status: ProviderStatus, from source: Source) -> Reaction {
        switch kind {
        case .topUp, .authorisation: hearOfTopUp(status, source)
        case .payout, .refund: hearOfPayout(status, source)
        }
    }

    /// The books have moved what was to be booked.
    mutating func booked() {
        switch state {
        case .taken: state = .done
        case .refused: state = .failed
        default: preconditionFailure("nothing is to be booked in \(state)")
        }
    }

    // MARK: Into a wallet

    private mutating func hearOfTopUp(_ status: ProviderStatus, _ source: Source) -> Reaction {
        switch (state, status) {
        case (.requested, .completed), (.asked, .completed), (.authorised, .completed), (.capturing, .completed),
            (.voiding, .completed):
            return move(to: .taken, .book)
        case (.failed, .completed): return source == .notice ? .ask : move(to: .taken, .book)
        case (.taken, .completed): return .book
        case (.requested, .declined), (.requested, .voided), (.asked, .declined), (.asked, .voided),
            (.authorised, .declined), (.authorised, .voided), (.capturing, .declined), (.capturing, .voided),
            (.voiding, .declined), (.voiding, .voided):
            return move(to: .failed, .nothing)
        case (.requested, .authorised), (.asked, .authorised), (.authorised, .authorised):
            return move(to: .authorised, .call)
        case (.capturing, .authorised), (.voiding, .authorised):
            // A notice is older than the call that is under way; an answer says that the call did not arrive.
            return source == .notice ? .nothing : move(to: .authorised, .call)
        // What nobody wants any more must not stay set aside on somebody's card.
        case (.failed, .authorised) where kind == .authorisation:
            return source == .notice ? .ask : move(to: .authorised, .call)
        // Providers forget what they no longer hold; what they have taken they would know.
        case (.authorised, .unknown) where kind == .authorisation, (.capturing, .unknown) where kind == .authorisation:
            return source == .notice ? .ask : move(to: .failed, .nothing)
        case (.asked, .unknown): return source == .notice ? .nothing : move(to: .requested, .call)
        case (.voiding, .unknown): return source == .notice ? .nothing : move(to: .failed, .nothing)
        case (.asked, .pending), (.authorised, .pending), (.capturing, .pending), (.voiding, .pending): return .wait
        case (.authorised, .unknown), (.capturing, .unknown), (.taken, .unknown), (.taken, .declined),
            (.taken, .voided), (.done, .unknown), (.done, .declined), (.done, .voided):
            return source == .notice ? .ask : .contradiction
        case (.requested, .unknown), (.requested, .pending), (.taken, .pending), (.taken, .authorised),
            (.done, .pending), (.done, .authorised), (.done, .completed), (.failed, .unknown), (.failed, .pending),
            (.failed, .authorised), (.failed, .declined), (.failed, .voided), (.refused, _):
            return .nothing
        }
    }

    // MARK: Out of a wallet

    private mutating func hearOfPayout(_ status: ProviderStatus, _ source: Source) -> Reaction {
        switch (state, status) {
        case (.requested, .completed), (.asked, .completed): return move(to: .done, .nothing)
        // Not back in the wallet yet, and need not be.
        case (.refused, .completed): return source == .notice ? .ask : move(to: .done, .nothing)
        case (.requested, .declined), (.requested, .voided), (.asked, .declined), (.asked, .voided):
            return move(to: .refused, .book)
        // Banks send money back that they had taken.
        case (.done, .declined), (.done, .voided): return source == .notice ? .ask : move(to: .refused, .book)
        case (.refused, .declined), (.refused, .voided): return .book
        case (.asked, .unknown): return source == .notice ? .nothing : move(to: .requested, .call)
        case (.asked, .pending), (.asked, .authorised): return .wait
        case (.failed, .completed), (.done, .unknown): return source == .notice ? .ask : .contradiction
        case (.requested, .unknown), (.requested, .pending), (.requested, .authorised), (.refused, .unknown),
            (.refused, .pending), (.refused, .authorised), (.done, .pending), (.done, .authorised), (.done, .completed),
            (.failed, .unknown), (.failed, .pending), (.failed, .authorised), (.failed, .declined), (.failed, .voided),
            (.authorised, _), (.capturing, _), (.voiding, _), (.taken, _):
            return .nothing
        }
    }

    private mutating func move(to state: PaymentState, _ reaction: Reaction) -> Reaction {
        self.state = state
        return reaction
    }
}
