import Core
import Testing

@testable import Market

@Suite struct OrderStateMachineTests {
    private static let bowl = ID<Variant>(rawValue: 1)
    private static let vase = ID<Variant>(rawValue: 2)
    private static let due = Timestamp(microseconds: 1_000_000_000)
    private static let later = due.advanced(bySeconds: 1)

    private func euros(_ amount: Int64) throws -> Money {
        Money(amount, try #require(Currency("EUR")))
    }

    /// Two bowls of 999 and three vases of 2500.
    private func part(_ state: OrderState, givenBack: Int64 = 0, fee: Int64 = 0) throws -> OrderStateMachine {
        OrderStateMachine(
            state,
            lines: [
                .init(Self.bowl, price: try euros(999), quantity: 2, givenBack: givenBack),
                .init(Self.vase, price: try euros(2_500), quantity: 3),
            ],
            dueAt: [.placed, .shipped, .delivered].contains(state) ? Self.due : nil, fee: try euros(fee),
            feeBasisPoints: 500)
    }

    private static let events: [OrderEvent] = [
        .pay, .expire, .decline, .ship, .deliver, .complete, .cancel(nil), .refund(nil, isRestocked: false),
    ]

    /// A row for each state, a column for each event: where it leads when somebody does it who may.
    private static let table = """
                    pay   expire     decline    ship     deliver    complete   cancel     refund
        placed      paid  cancelled  cancelled  -        -          -          cancelled  -
        paid        -     -          -          shipped  -          -          cancelled  refunded
        shipped     -     -          -          -        delivered  completed  -          refunded
        delivered   -     -          -          -        -          completed  -          refunded
        completed   -     -          -          -        -          -          -          refunded
        cancelled   -     -          -          -        -          -          -          -
        refunded    -     -          -          -        -          -          -          -
        """

    @Test func eachEventLeadsWhereTheTableSays() throws {
        let rows = Self.table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows[0] == Self.events.map(\.kind.name))
        #expect(rows.dropFirst().map { $0[0] } == OrderState.allCases.map(\.name))
        for row in rows.dropFirst() {
            for (event, expected) in zip(Self.events, row.dropFirst()) {
                let state = try #require(OrderState(name: row[0]))
                var machine = try part(state)
                let parties: [OrderParty] = [.buyer, .seller(.owner), .platform, .clock]
                let now = event == .pay ? Timestamp(microseconds: 0) : Self.later
                do throws(OrderRefusal) {
                    _ = try machine.handle(event, by: parties, at: now)
                    #expect(machine.state.name == expected, "\(row[0]) \(event)")
                } catch {
                    #expect(expected == "-", "\(row[0]) \(event)")
                    #expect(error == .wrongState(event.kind, state))
                    #expect(machine == (try part(state)), "what is refused changes nothing")
                }
            }
        }
    }

    /// Who may: b the buyer, c a clerk, m a manager, o the owner, p the platform, t the clock.
    @Test(arguments: [
        ("pay", "b"), ("expire", "t"), ("decline", "t"), ("ship", "cmo"), ("deliver", "bcmo"), ("complete", "bpt"),
        ("cancel", "bmop"),
        ("refund", "mop"),
    ])
    func eachEventIsForThoseWhoMay(event: String, parties: String) throws {
        let letters: [(Character, OrderParty)] = [
            ("b", .buyer), ("c", .seller(.clerk)), ("m", .seller(.manager)), ("o", .seller(.owner)), ("p", .platform),
            ("t", .clock),
        ]
        let wanted = try #require(Self.events.first { $0.kind.name == event })
        for (letter, party) in letters {
            #expect(wanted.kind.isAllowed(to: party) == parties.contains(letter), "\(event) by \(party)")
            guard !parties.contains(letter) else { continue }
            var machine = try part(.paid)
            #expect(throws: OrderRefusal.notAllowed(wanted.kind)) {
                try machine.handle(wanted, by: [party], at: Self.later)
            }
        }
    }

    @Test func paysWhatIsLeft() throws {
        var machine = try part(.placed, givenBack: 1)
        #expect(
            try machine.handle(.pay, by: [.buyer], at: Timestamp(microseconds: 0)) == [.settleHold(try euros(8_499))])
        #expect(machine.dueAt == nil)
    }

    @Test func timeDecidesBetweenPayingAndGivingUp() throws {
        var machine = try part(.placed)
        #expect(throws: OrderRefusal.notDue) {
            try machine.handle(.expire, by: [.clock], at: Self.due.advanced(bySeconds: -1))
        }
        #expect(throws: OrderRefusal.paymentTimedOut) { try machine.handle(.pay, by: [.buyer], at: Self.due) }
        let actions = try machine.handle(.expire, by: [.clock], at: Self.due)
        #expect(actions == [.giveStockBack([SaleLine(Self.bowl, 2), SaleLine(Self.vase, 3)]), .voidHold])
        #expect(machine.left.amount == 0)
    }

    @Test func theClockCompletesWhenItIsTimeAndTheBuyerAtOnce() throws {
        for state in [OrderState.shipped, .delivered] {
            var machine = try part(state)
            #expect(throws: OrderRefusal.notDue) {
                try machine.handle(.complete, by: [.clock], at: Self.due.advanced(bySeconds: -1))
            }
            var other = machine
            _ = try machine.handle(.complete, by: [.clock], at: Self.due)
            _ = try other.handle(.complete, by: [.buyer], at: Timestamp(microseconds: 0))
            #expect(machine == other)
        }
    }

    @Test func feesAreRoundedLineByLine() throws {
        var machine = try part(.delivered)
        // 5 % of 1998 are 99.9, of 7500 375.
        #expect(
            try machine.handle(.complete, by: [.buyer], at: Self.due)
                == [.release(try euros(9_498), fee: try euros(475))])
        #expect(machine.fee == (try euros(475)))
    }

    @Test func aPlacedPartIsCancelledLineByLineWithoutMoney() throws {
        var machine = try part(.placed)
        let first = try machine.handle(.cancel([SaleLine(Self.bowl, 2)]), by: [.buyer], at: Self.due)
        #expect(first == [.giveStockBack([SaleLine(Self.bowl, 2)])])
        #expect(machine.state == .placed)
        let second = try machine.handle(.cancel(nil), by: [.buyer], at: Self.due)
        #expect(second == [.giveStockBack([SaleLine(Self.vase, 3)]), .voidHold])
        #expect(machine.state == .cancelled)
    }

    @Test func refundsComeFromWhereTheMoneyIs() throws {
        let one = [SaleLine(Self.vase, 1)]
        var paid = try part(.paid)
        #expect(
            try paid.handle(.refund(one, isRestocked: false), by: [.platform], at: Self.due)
                == [.giveStockBack(one), .refund(try euros(2_500), from: .escrow)])
        var shipped = try part(.shipped)
        #expect(
            try shipped.handle(.refund(one, isRestocked: false), by: [.platform], at: Self.due)
                == [.refund(try euros(2_500), from: .escrow)])
        var completed = try part(.completed, fee: 475)
        #expect(
            try completed.handle(.refund(one, isRestocked: true), by: [.seller(.manager)], at: Self.due)
                == [
                    .returnFee(try euros(125)), .refund(try euros(2_500), from: .seller), .takeStockBack(one),
                ])
        #expect(completed.fee.amount == 350)
    }

    @Test func noPieceIsGivenBackTwice() throws {
        var machine = try part(.shipped, givenBack: 1)
        func refuse(_ lines: [SaleLine], _ refusal: OrderRefusal) {
            #expect(throws: refusal) {
                try machine.handle(.refund(lines, isRestocked: false), by: [.platform], at: Self.due)
            }
        }
        refuse([SaleLine(Self.bowl, 2)], .moreThanLeft(Self.bowl, left: 1))
        refuse([SaleLine(Self.vase, 0)], .moreThanLeft(Self.vase, left: 3))
        refuse([SaleLine(Self.vase, -1)], .moreThanLeft(Self.vase, left: 3))
        refuse([SaleLine(Self.vase, .max)], .moreThanLeft(Self.vase, left: 3))
        refuse([SaleLine(ID(rawValue: 9), 1)], .unknownLine(ID(rawValue: 9)))
        refuse([SaleLine(Self.vase, 1), SaleLine(Self.vase, 1)], .linesNotDistinct)
        refuse([], .linesNotDistinct)
        #expect(machine == (try part(.shipped, givenBack: 1)))
    }

    /// Whatever is done in whatever order: what was paid is given back, released, taken as a fee or still in escrow.
    @Test(arguments: [UInt64(11)]) func moneyAddsUpHoweverItGoes(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for round in 0..<2_000 {
            var machine = try part(.placed)
            let total = machine.left.amount
            var (paid, refunded, seller, fee): (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
            for _ in 0..<12 {
                let lines = [
                    SaleLine(
                        Bool.random(using: &random) ? Self.bowl : Self.vase, Int64.random(in: 1...2, using: &random))
                ]
                let event: OrderEvent =
                    switch Int.random(in: 0..<9, using: &random) {
                    case 0: .ship
                    case 1: .deliver
                    case 2: .complete
                    case 3: .cancel(lines)
                    case 4: .refund(lines, isRestocked: Bool.random(using: &random))
                    case 5: .refund(nil, isRestocked: false)
                    default: .pay
                    }
                guard
                    let actions = try? machine.handle(
                        event, by: [.buyer, .seller(.owner), .platform], at: Timestamp(microseconds: 0))
                else { continue }
                for action in actions {
                    switch action {
                    case .settleHold(let amount): paid += amount.amount
                    case .refund(let amount, let source):
                        refunded += amount.amount
                        if source == .seller { seller -= amount.amount }
                    case .release(let amount, let share):
                        seller += amount.amount - share.amount
                        fee += share.amount
                    case .returnFee(let amount):
                        seller += amount.amount
                        fee -= amount.amount
                    default: break
                    }
                }
            }
            let context = "seed \(seed), round \(round), \(machine.state)"
            let escrow = paid - refunded - seller - fee
            #expect([escrow, seller, fee, paid - refunded, total - paid].allSatisfy { $0 >= 0 }, "\(context)")
            if ![OrderState.paid, .shipped, .delivered].contains(machine.state) { #expect(escrow == 0, "\(context)") }
            if machine.state == .refunded { #expect([paid - refunded, fee, seller] == [0, 0, 0], "\(context)") }
        }
    }
}

@Suite struct OrderTotalsTests {
    private func money(_ amount: Int64, _ code: String = "EUR") throws -> Money {
        Money(amount, try #require(Currency(code)))
    }

    @Test func linesAddUp() throws {
        let totals = try OrderTotals([(price: money(999), quantity: 3), (price: money(0), quantity: 5)])
        #expect(totals.lines.map(\.amount) == [2_997, 0])
        #expect(totals.total == (try money(2_997)))
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let huge = try money(.max)
        let one = try money(1)
        #expect(throws: OrderError.totalTooLarge) { try OrderTotals([(price: huge, quantity: 2)]) }
        #expect(throws: OrderError.totalTooLarge) {
            try OrderTotals([(price: huge, quantity: 1), (price: one, quantity: 1)])
        }
    }

    @Test func anOrderIsOfOneCurrency() throws {
        let prices = [try money(1), try money(1, "USD")]
        #expect(throws: OrderError.currenciesDiffer) {
            try OrderTotals([(price: prices[0], quantity: 1), (price: prices[1], quantity: 1)])
        }
    }
}
