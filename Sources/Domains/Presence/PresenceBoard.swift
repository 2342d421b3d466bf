import Core

/// Who is there, who has just gone, what friends believe, and what is yet to be told and written.
///
/// No I/O and no clock. Each account is in each part once, so it grows with the people who have a socket and those who
/// had one seconds ago.
struct PresenceBoard: Sendable {
    /// Something that friends do not know yet.
    struct Change: Sendable, Equatable {
        let account: ID<Account>
        let isPresent: Bool
        /// Nil for who is present.
        let lastSeen: Timestamp?
    }

    private var present: Set<ID<Account>> = []
    /// Gone, maybe for a moment: since when.
    private var leaving: [ID<Account>: Timestamp] = [:]
    /// Gone, and friends are still to hear of it.
    private var gone: [ID<Account>: Timestamp] = [:]
    /// Friends believe that they are online.
    private var told: Set<ID<Account>> = []
    private var changed: Set<ID<Account>> = []
    private var unwritten: [ID<Account>: Timestamp] = [:]
    private var writtenAt: [ID<Account>: Timestamp] = [:]

    /// Nothing will come of waiting.
    var isIdle: Bool { leaving.isEmpty && changed.isEmpty && unwritten.isEmpty }

    /// Also of who has gone a moment ago.
    func isPresent(_ account: ID<Account>) -> Bool {
        present.contains(account) || leaving[account] != nil
    }

    /// What is not in the table yet.
    func lastSeen(_ account: ID<Account>) -> Timestamp? { unwritten[account] }

    // MARK: What happens

    mutating func come(_ account: ID<Account>, at now: Timestamp) {
        present.insert(account)
        leaving[account] = nil
        gone[account] = nil
        unwritten[account] = now
        if !told.contains(account) { changed.insert(account) }
    }

    mutating func leave(_ account: ID<Account>, at now: Timestamp) {
        guard present.remove(account) != nil else { return }
        leaving[account] = now
        unwritten[account] = now
    }

    /// Somebody has changed who may see them.
    mutating func review(_ account: ID<Account>) {
        if isPresent(account) { changed.insert(account) }
    }

    /// Somebody is not to be spoken of any more.
    mutating func forget(_ account: ID<Account>) {
        present.remove(account)
        leaving[account] = nil
        gone[account] = nil
        told.remove(account)
        changed.remove(account)
        unwritten[account] = nil
        writtenAt[account] = nil
    }

    // MARK: A turn

    /// What is to be told now, of some accounts.
    mutating func takeChanges(at now: Timestamp, limit: Int) -> [Change] {
        let passed = now.advanced(bySeconds: -PresenceLimits.graceSeconds)
        for (account, since) in leaving where since <= passed {
            leaving[account] = nil
            if told.contains(account) {
                gone[account] = since
                changed.insert(account)
            } else {
                // They came and went before anybody was told.
                changed.remove(account)
            }
        }
        var taken: [ID<Account>] = []
        while taken.count < limit, let account = changed.popFirst() { taken.append(account) }
        return taken.sorted().map { account in
            let isPresent = isPresent(account)
            return Change(account: account, isPresent: isPresent, lastSeen: isPresent ? nil : gone[account])
        }
    }

    /// Whether friends believe otherwise.
    /// - Parameter isShown: whether they may know at all.
    func isNews(_ change: Change, isShown: Bool) -> Bool {
        (change.isPresent && isShown) != told.contains(change.account)
    }

    /// These have been told. What has changed since they were taken is told in the next turn.
    mutating func didTell(_ change: Change, isShown: Bool) {
        let account = change.account
        if change.isPresent, isShown { told.insert(account) } else { told.remove(account) }
        if isPresent(account) == change.isPresent {
            if !change.isPresent { gone[account] = nil }
        } else {
            changed.insert(account)
        }
    }

    /// These have not, and wait for the next turn.
    mutating func putBack(_ accounts: some Sequence<ID<Account>>) {
        changed.formUnion(accounts)
    }

    // MARK: Writing

    /// Who was last seen when, of those who were not written for a while.
    mutating func takeUnwritten(
        at now: Timestamp, sparing seconds: Int64, limit: Int
    ) -> [(account: ID<Account>, at: Timestamp)] {
        let spared = now.advanced(bySeconds: -seconds)
        writtenAt = writtenAt.filter { $0.value > spared }
        var due: [(account: ID<Account>, at: Timestamp)] = []
        for (account, at) in unwritten where due.count < limit && writtenAt[account] == nil {
            due.append((account: account, at: at))
        }
        return due.sorted { $0.account < $1.account }
    }

    /// These are durable.
    mutating func didWrite(_ rows: [(account: ID<Account>, at: Timestamp)], at now: Timestamp) {
        for row in rows {
            writtenAt[row.account] = now
            if unwritten[row.account] == row.at { unwritten[row.account] = nil }
        }
    }
}
