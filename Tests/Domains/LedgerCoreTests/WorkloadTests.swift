import Core
import LedgerCore
import Testing

/// A million transfers by chance: sound ones, repeated ones, contradictory ones, in batches and chains, while time jumps.
@Suite struct WorkloadTests {
    private static let transferCount = 1_000_000

    /// The seed is an argument so that every run says which it was; put a number here to repeat one.
    @Test(arguments: [SystemRandomNumberGenerator.seed()])
    func aMillionTransfersComeToWhatTheAuditorSays(seed: UInt64) {
        var workload = Workload(seed: seed)
        let auditor = Auditor(Array(workload.accounts.values))
        var (count, applied) = (0, 0)
        while count < Self.transferCount {
            let batch = workload.batch()
            let now = workload.now
            var books = workload.books(for: batch)
            let outcomes = books.apply(batch, now: now)
            let expected = auditor.expect(batch, now: now)
            guard outcomes == expected else {
                let at = zip(outcomes, expected).enumerated().first { $1.0 != $1.1 }
                Issue.record("seed \(seed), transfer \(count + (at?.offset ?? 0)): \(String(describing: at?.element))")
                return
            }
            workload.keep(books)
            count += batch.count
            applied += outcomes.count { $0 == .applied }
        }
        let findings = auditor.findings(in: workload.accounts.values)
        #expect(findings.isEmpty, "seed \(seed): \(findings.prefix(3))")
        // A workload that is refused as a whole would prove nothing.
        #expect(applied > count / 4, "seed \(seed): \(applied) of \(count)")
    }
}

extension SystemRandomNumberGenerator {
    fileprivate static func seed() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}

private struct Workload {
    private(set) var accounts: [ID<LedgerAccount>: LedgerAccount] = [:]
    private(set) var now = Timestamp(microseconds: 0)
    private var transfers: [ID<Transfer>: RecordedTransfer] = [:]
    private var random: SplitMix64
    private var nextID: Int64 = 1
    private var recent: [Transfer] = []
    private var holds: [ID<Transfer>] = []

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        let currencies = ["EUR", "JPY", "KWD"].compactMap { Currency($0) }
        for number in 1...60 as ClosedRange<Int64> {
            let account = LedgerAccount(
                id: ID(rawValue: number), currency: currencies[Int(number) % currencies.count],
                rule: number <= 6 ? .none : .debitsMustNotExceedCredits, isFrozen: number == 60)
            accounts[account.id] = account
        }
    }

    mutating func batch() -> [Transfer] {
        // Clocks jump, mostly forwards.
        now = Timestamp(microseconds: max(0, now.microseconds + Int64.random(in: -20...60, using: &random)))
        let count = Int.random(in: 1...40, using: &random)
        return (0..<count).map { _ in transfer() }
    }

    private mutating func transfer() -> Transfer {
        if !recent.isEmpty, chance(6) {
            let old = recent[Int.random(in: 0..<recent.count, using: &random)]
            guard chance(30) else { return old }
            return Transfer(id: old.id, action())
        }
        let transfer = Transfer(
            id: ID(rawValue: nextID), action(), isLinkedToNext: chance(15),
            purpose: Int64.random(in: 0...3, using: &random)
        )
        nextID += 1
        if case .hold = transfer.action { holds.append(transfer.id) }
        if holds.count > 200 { holds.removeFirst(100) }
        recent.append(transfer)
        if recent.count > 500 { recent.removeFirst(250) }
        return transfer
    }

    private mutating func action() -> Transfer.Action {
        switch Int.random(in: 0..<100, using: &random) {
        case ..<55: return .post(movement())
        case ..<75:
            return .hold(movement(), until: now.advanced(by: .microseconds(Int64.random(in: -5...400, using: &random))))
        case ..<88: return .settle(hold(), amount: chance(50) ? nil : Int64.random(in: -2...500, using: &random))
        case ..<94: return .void(hold())
        default: return .expire(hold())
        }
    }

    private mutating func movement() -> Transfer.Movement {
        let debit = chance(30) ? Int64.random(in: 1...6, using: &random) : Int64.random(in: 0...61, using: &random)
        // Mostly of the same currency.
        let credit = chance(90) ? (debit + 3 * Int64.random(in: 1...19, using: &random)) % 60 : debit + 1
        let amount =
            chance(1) ? Int64.random(in: .min ... .max, using: &random) : Int64.random(in: -5...800, using: &random)
        return .init(debit: ID(rawValue: debit), credit: ID(rawValue: credit), amount: amount)
    }

    private mutating func hold() -> ID<Transfer> {
        guard !holds.isEmpty, !chance(3) else { return ID(rawValue: Int64.random(in: 0...nextID + 5, using: &random)) }
        return holds[Int.random(in: 0..<holds.count, using: &random)]
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    /// What a storage would load: the accounts and transfers that the batch names, and those of its holds.
    func books(for batch: [Transfer]) -> Books {
        var (named, known): (Set<ID<LedgerAccount>>, [ID<Transfer>: RecordedTransfer]) = ([], [:])
        for transfer in batch {
            known[transfer.id] = transfers[transfer.id]
            switch transfer.action {
            case .post(let movement), .hold(let movement, _): named.formUnion([movement.debit, movement.credit])
            case .settle(let hold, _), .void(let hold), .expire(let hold):
                known[hold] = transfers[hold]
                if let movement = transfers[hold]?.movement { named.formUnion([movement.debit, movement.credit]) }
            }
        }
        return Books(accounts: named.compactMap { accounts[$0] }, transfers: Array(known.values))
    }

    mutating func keep(_ books: Books) {
        accounts.merge(books.accounts) { _, new in new }
        transfers.merge(books.transfers) { _, new in new }
    }
}
