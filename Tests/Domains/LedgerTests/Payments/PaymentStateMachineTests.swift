import Core
import Testing

@testable import Ledger

@Suite struct PaymentStateMachineTests {
    private static let statuses: [ProviderStatus] = [.unknown, .pending, .authorised, .completed, .declined, .voided]

    /// For each state what becomes of it by `unknown pending authorised completed declined voided`, first as an answer,
    /// then as a notice: the new state, or `=`, and what is to be done.
    private static let topUp = """
        requested   | =            =     authorised,call  taken,book  failed  failed
                    | =            =     authorised,call  taken,book  failed  failed
        asked       | requested,call =,wait authorised,call taken,book failed failed
                    | =            =,wait authorised,call taken,book  failed  failed
        authorised  | =,contradiction =,wait =,call       taken,book  failed  failed
                    | =,ask        =,wait =,call          taken,book  failed  failed
        capturing   | =,contradiction =,wait authorised,call taken,book failed failed
                    | =,ask        =,wait =               taken,book  failed  failed
        voiding     | failed       =,wait authorised,call taken,book  failed  failed
                    | =            =,wait =               taken,book  failed  failed
        taken       | =,contradiction =  =                =,book      =,contradiction =,contradiction
                    | =,ask        =     =                =,book      =,ask   =,ask
        done        | =,contradiction =  =                =           =,contradiction =,contradiction
                    | =,ask        =     =                =           =,ask   =,ask
        refused     | =            =     =                =           =       =
                    | =            =     =                =           =       =
        failed      | =            =     =                taken,book  =       =
                    | =            =     =                =,ask       =       =
        """

    /// As a top-up, but for what the provider has forgotten, and what it still sets aside for nobody.
    private static let authorisation = """
        requested   | =            =     authorised,call  taken,book  failed  failed
                    | =            =     authorised,call  taken,book  failed  failed
        asked       | requested,call =,wait authorised,call taken,book failed failed
                    | =            =,wait authorised,call taken,book  failed  failed
        authorised  | failed =,wait =,call       taken,book  failed  failed
                    | =,ask        =,wait =,call          taken,book  failed  failed
        capturing   | failed =,wait authorised,call taken,book failed failed
                    | =,ask        =,wait =               taken,book  failed  failed
        voiding     | failed       =,wait authorised,call taken,book  failed  failed
                    | =            =,wait =               taken,book  failed  failed
        taken       | =,contradiction =  =                =,book      =,contradiction =,contradiction
                    | =,ask        =     =                =,book      =,ask   =,ask
        done        | =,contradiction =  =                =           =,contradiction =,contradiction
                    | =,ask        =     =                =           =,ask   =,ask
        refused     | =            =     =                =           =       =
                    | =            =     =                =           =       =
        failed      | =            =     authorised,call  taken,book  =       =
                    | =            =     =,ask            =,ask       =       =
        """

    private static let payout = """
        requested   | =            =     =                done        refused,book refused,book
                    | =            =     =                done        refused,book refused,book
        asked       | requested,call =,wait =,wait        done        refused,book refused,book
                    | =            =,wait =,wait          done        refused,book refused,book
        authorised  | =            =     =                =           =       =
                    | =            =     =                =           =       =
        capturing   | =            =     =                =           =       =
                    | =            =     =                =           =       =
        voiding     | =            =     =                =           =       =
                    | =            =     =                =           =       =
        taken       | =            =     =                =           =       =
                    | =            =     =                =           =       =
        done        | =,contradiction =  =                =           refused,book refused,book
                    | =,ask        =     =                =           =,ask   =,ask
        refused     | =            =     =                done        =,book  =,book
                    | =            =     =                =,ask       =,book  =,book
        failed      | =            =     =                =,contradiction =   =
                    | =            =     =                =,ask       =       =
        """

    @Test(arguments: [
        (Payment.Kind.topUp, topUp), (.authorisation, authorisation), (.payout, payout), (.refund, payout),
    ])
    func everyReportInEveryState(kind: Payment.Kind, table: String) throws {
        var seen: Set<PaymentState> = []
        var state = PaymentState.requested
        for (row, line) in table.split(separator: "\n").enumerated() {
            let halves = line.split(separator: "|", omittingEmptySubsequences: false)
            let name = halves[0].filter { $0 != " " }
            if !name.isEmpty { state = try #require(PaymentState.allCases.first { "\($0)" == name }) }
            seen.insert(state)
            let source: PaymentStateMachine.Source = row % 2 == 0 ? .answer : .notice
            let cells = halves[1].split(separator: " ")
            try #require(cells.count == Self.statuses.count)
            for (status, cell) in zip(Self.statuses, cells) {
                let parts = cell.split(separator: ",")
                var machine = PaymentStateMachine(kind, state)
                let reaction = machine.hear(status, from: source)
                let place = "\(kind) \(state) hears \(status) as \(source)"
                #expect("\(machine.state)" == (parts[0] == "=" ? "\(state)" : parts[0]), "\(place)")
                #expect("\(reaction)" == (parts.count > 1 ? parts[1] : "nothing"), "\(place)")
            }
        }
        #expect(seen.count == PaymentState.allCases.count)
    }

    @Test(arguments: [
        (PaymentState.requested, PaymentState.asked, "authorise", "payOut", "refund"),
        (.asked, .asked, "ask", "ask", "ask"), (.capturing, .capturing, "ask", "ask", "ask"),
        (.voiding, .voiding, "ask", "ask", "ask"), (.taken, .taken, "", "", ""), (.done, .done, "", "", ""),
        (.refused, .refused, "", "", ""), (.failed, .failed, "", "", ""),
    ])
    func whatMayHaveBeenCalledIsAskedFirst(
        state: PaymentState, next: PaymentState, topUp: String, payout: String, refund: String
    ) {
        for (kind, expected) in [
            (Payment.Kind.topUp, topUp), (.authorisation, topUp), (.payout, payout), (.refund, refund),
        ] {
            var machine = PaymentStateMachine(kind, state)
            #expect(machine.begin(.take).map { "\($0)" } ?? "" == expected)
            #expect(machine.state == next)
        }
    }

    @Test(arguments: [Payment.Kind.topUp, .authorisation]) func whatIsSetAsideIsTakenOnlyWhenItIsWanted(
        kind: Payment.Kind
    ) {
        let expected: [(PaymentStateMachine.Wish, PaymentStateMachine.Call?, PaymentState)] = [
            (.take, .capture, .capturing), (.keep, nil, .authorised), (.letGo, .void, .voiding),
        ]
        for (wish, call, state) in expected {
            var machine = PaymentStateMachine(kind, .authorised)
            #expect(machine.begin(wish) == call)
            #expect(machine.state == state)
        }
    }

    @Test func whatNobodyWantsAnyMoreIsNotAskedFor() {
        var machine = PaymentStateMachine(.authorisation, .requested)
        #expect(machine.begin(.letGo) == .void)
        let reaction = machine.hear(.unknown, from: .answer)
        #expect(reaction == .nothing && machine.state == .failed)
    }

    /// Whatever a provider says, in whatever order, a wallet is credited once at most.
    @Test(arguments: Payment.Kind.allCases) func moneyIsBookedOnceAtMost(kind: Payment.Kind) {
        var chance = SplitMix64(seed: 11)
        for round in 0..<2_000 {
            var machine = PaymentStateMachine(kind, .requested)
            var bookings = 0
            for _ in 0..<12 {
                _ = machine.begin(PaymentStateMachine.Wish.allCases.randomElement(using: &chance) ?? .take)
                let status = ProviderStatus.allCases.randomElement(using: &chance) ?? .unknown
                let source = PaymentStateMachine.Source.allCases.randomElement(using: &chance) ?? .answer
                if machine.hear(status, from: source) == .book {
                    machine.booked()
                    bookings += 1
                }
            }
            #expect(bookings <= 1, "seed 11, round \(round)")
        }
    }
}
