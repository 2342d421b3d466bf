import Core
import LedgerCore

/// Another bookkeeper, who works another way, to check the first.
///
/// It has no debits and credits but one signed number per account and one list of what is set aside, in integers that
/// cannot overflow; and it takes back by remembering how, not what.
final class Auditor {
    private struct Promise {
        let from: Int64
        let to: Int64
        let amount: Int128
        let until: Int64
        var fate = "open"
    }

    private struct Person {
        var has: Int128 = 0
        /// Promised to others, and promised by others.
        var owes: Int128 = 0
        var expects: Int128 = 0
        /// All that ever came and went.
        var came: Int128 = 0
        var went: Int128 = 0
        let currency: Currency
        let isBank: Bool
        let isFrozen: Bool
    }

    private var people: [Int64: Person]
    private var promises: [Int64: Promise] = [:]
    private var done: [Int64: (Transfer, moved: Int128?)] = [:]
    private var takeBack: [() -> Void] = []

    init(_ accounts: [LedgerAccount]) {
        people = Dictionary(
            uniqueKeysWithValues: accounts.map {
                ($0.id.rawValue, Person(currency: $0.currency, isBank: $0.rule == .none, isFrozen: $0.isFrozen))
            })
    }

    /// What a batch must come to.
    func expect(_ batch: [Transfer], now: Timestamp) -> [TransferOutcome] {
        var expected: [TransferOutcome] = []
        var chain: [Transfer] = []
        for transfer in batch {
            chain.append(transfer)
            if transfer.isLinkedToNext { continue }
            expected += expectChain(chain, now.microseconds)
            chain = []
        }
        return expected + chain.map { _ in .refused(.chainNotClosed) }
    }

    private func expectChain(_ chain: [Transfer], _ now: Int64) -> [TransferOutcome] {
        if chain.count > 1, chain.allSatisfy({ isRepeated($0) == true }) { return chain.map { _ in .exists } }
        takeBack = []
        var results: [TransferOutcome] = []
        for transfer in chain {
            var result = expectOne(transfer, now)
            if chain.count > 1, result == .exists { result = .refused(.idTaken) }
            results.append(result)
            if case .refused = result { break }
        }
        guard chain.count > 1, case .refused(let reason)? = results.last else { return results }
        for action in takeBack.reversed() { action() }
        return chain.indices.map { $0 == results.count - 1 ? .refused(reason) : .refused(.linkedTransferRefused) }
    }

    private func isRepeated(_ transfer: Transfer) -> Bool? {
        guard let (old, moved) = done[transfer.id.rawValue] else { return nil }
        guard old.purpose == transfer.purpose, old.subject == transfer.subject else { return false }
        if case .settle(let hold, let amount) = transfer.action, case .settle(hold, _) = old.action {
            return amount == nil || amount.map { Int128($0) } == moved
        }
        return old.action == transfer.action
    }

    private func expectOne(_ transfer: Transfer, _ now: Int64) -> TransferOutcome {
        if let same = isRepeated(transfer) { return same ? .exists : .refused(.idTaken) }
        var moved: Int128?
        let reason: TransferRefusal?
        switch transfer.action {
        case .post(let movement):
            reason = why(movement, isNew: true)
            if reason == nil { move(movement.debit.rawValue, movement.credit.rawValue, Int128(movement.amount)) }
        case .hold(let movement, let until):
            reason = until.microseconds <= now ? .expiresInThePast : why(movement, isNew: true)
            if reason == nil {
                let promise = Promise(
                    from: movement.debit.rawValue, to: movement.credit.rawValue, amount: Int128(movement.amount),
                    until: until.microseconds)
                promises[transfer.id.rawValue] = promise
                takeBack.append { [self] in promises[transfer.id.rawValue] = nil }
                change(promise, by: 1)
            }
        case .settle(let hold, let amount):
            (reason, moved) = settle(hold.rawValue, amount, now)
        case .void(let hold): reason = release(hold.rawValue, now, fate: "voided")
        case .expire(let hold): reason = release(hold.rawValue, now, fate: "expired")
        }
        if let reason { return .refused(reason) }
        done[transfer.id.rawValue] = (transfer, moved)
        takeBack.append { [self] in done[transfer.id.rawValue] = nil }
        return .applied
    }

    private func settle(_ hold: Int64, _ amount: Int64?, _ now: Int64) -> (TransferRefusal?, Int128?) {
        if let reason = whyClosed(hold) { return (reason, nil) }
        guard let promise = promises[hold] else { return (.notAHold, nil) }
        let part = amount.map { Int128($0) } ?? promise.amount
        if now >= promise.until { return (.holdExpired, nil) }
        if part <= 0 { return (.amountNotPositive, nil) }
        if part > promise.amount { return (.amountExceedsHold(held: Int64(promise.amount)), nil) }
        if people[promise.from]?.isFrozen == true { return (.debitAccountFrozen, nil) }
        if people[promise.to]?.isFrozen == true { return (.creditAccountFrozen, nil) }
        close(hold, "settled")
        change(promise, by: -1)
        move(promise.from, promise.to, part)
        return (nil, part)
    }

    private func release(_ hold: Int64, _ now: Int64, fate: String) -> TransferRefusal? {
        if let reason = whyClosed(hold) { return reason }
        guard let promise = promises[hold] else { return .notAHold }
        if fate == "expired", now < promise.until { return .holdNotExpired }
        close(hold, fate)
        change(promise, by: -1)
        return nil
    }

    private func whyClosed(_ hold: Int64) -> TransferRefusal? {
        guard let promise = promises[hold] else { return done[hold] == nil ? .holdNotFound : .notAHold }
        return switch promise.fate {
        case "settled": .holdAlreadySettled
        case "voided": .holdAlreadyVoided
        case "expired": .holdExpired
        default: nil
        }
    }

    private func why(_ movement: Transfer.Movement, isNew: Bool) -> TransferRefusal? {
        let amount = Int128(movement.amount)
        if amount <= 0 { return .amountNotPositive }
        if movement.debit == movement.credit { return .sameAccount }
        guard let from = people[movement.debit.rawValue] else { return .debitAccountNotFound }
        guard let to = people[movement.credit.rawValue] else { return .creditAccountNotFound }
        if from.currency != to.currency { return .currenciesDiffer }
        if from.isFrozen { return .debitAccountFrozen }
        if to.isFrozen { return .creditAccountFrozen }
        let left = from.has - from.owes
        if !from.isBank, amount > left { return .insufficientFunds(available: Int64(left)) }
        if from.went + from.owes + amount > Int128(Int64.max) { return .balanceOverflow }
        if to.came + to.expects + amount > Int128(Int64.max) { return .balanceOverflow }
        return nil
    }

    private func move(_ from: Int64, _ to: Int64, _ amount: Int128) {
        people[from]?.has -= amount
        people[from]?.went += amount
        people[to]?.has += amount
        people[to]?.came += amount
        takeBack.append { [self] in
            people[from]?.has += amount
            people[from]?.went -= amount
            people[to]?.has -= amount
            people[to]?.came -= amount
        }
    }

    private func change(_ promise: Promise, by sign: Int128) {
        people[promise.from]?.owes += sign * promise.amount
        people[promise.to]?.expects += sign * promise.amount
        takeBack.append { [self] in
            people[promise.from]?.owes -= sign * promise.amount
            people[promise.to]?.expects -= sign * promise.amount
        }
    }

    private func close(_ hold: Int64, _ fate: String) {
        promises[hold]?.fate = fate
        takeBack.append { [self] in promises[hold]?.fate = "open" }
    }

    /// What disagrees with these accounts, in words.
    func findings(in accounts: some Sequence<LedgerAccount>) -> [String] {
        var findings: [String] = []
        var sums: [Currency: Int128] = [:]
        for account in accounts {
            sums[account.currency, default: 0] += Int128(account.balance)
            guard let person = people[account.id.rawValue] else {
                findings.append("\(account.id) is unknown")
                continue
            }
            let agree =
                person.has == Int128(account.balance) && person.owes == Int128(account.debitsPending)
                && person.expects == Int128(account.creditsPending) && person.came == Int128(account.creditsPosted)
                && person.went == Int128(account.debitsPosted)
            if !agree { findings.append("\(account) where \(person) was found") }
            if !person.isBank, person.has - person.owes < 0 { findings.append("\(account.id) spent what it had not") }
        }
        for (currency, sum) in sums where sum != 0 { findings.append("\(currency.rawValue) sums to \(sum)") }
        return findings
    }
}
