import Accounts
import Core
import Social
import Storage

extension Verification {
    private static let pageSize = 2_000

    /// Every account has a person with the same card, and the other way round.
    ///
    /// Both tables are read in the order of their ids, a page of each at a time: each slice knows its own.
    static var personCheck: ConsistencyCheck {
        ConsistencyCheck("person.account") { db, found in
            var after: ID<Account> = ID(rawValue: 0)
            while true {
                let cards = try AccountsService.cards(after: after, limit: pageSize, in: db)
                let people = try SocialService.cards(after: after, limit: pageSize, in: db)
                let end = Self.end(cards.map(\.id), people.map(\.card.id))
                let known = Dictionary(people.map { ($0.card.id, $0) }) { first, _ in first }
                for card in cards where card.id <= end {
                    compare(card, known[card.id], found)
                }
                let ids = Set(cards.map(\.id))
                for (person, _) in people where person.id <= end && !ids.contains(person.id) {
                    found(.init(subject: "\(person.id)", expected: "an account", found: "none"))
                }
                guard end.rawValue < .max else { return .done }
                after = end
            }
        }
    }

    /// Up to where both pages are whole.
    private static func end(_ pages: [ID<Account>]...) -> ID<Account> {
        pages.compactMap { $0.count < pageSize ? nil : $0.last }.min() ?? ID(rawValue: .max)
    }

    private static func compare(
        _ account: AccountCard, _ person: (card: PersonCard, standing: PersonStanding)?,
        _ found: (ConsistencyCheck.Finding) -> Void
    ) {
        func finding(_ expected: String, _ actual: String) {
            found(.init(subject: "\(account.id)", expected: expected, found: actual))
        }
        guard let (card, standing) = person else { return finding("a person", "none") }
        let expected: PersonStanding = account.isErased ? .erased : account.isSuspended ? .suspended : .there
        guard expected == standing else { return finding("\(expected)", "\(standing)") }
        // What stands in for an erased handle is each slice's own.
        if standing != .erased, account.handle != card.handle { finding(account.handle, card.handle) }
        if account.displayName != card.displayName { finding(account.displayName, card.displayName) }
        if account.bio != card.bio { finding(account.bio, card.bio) }
        if account.avatarURL != card.avatarURL {
            finding(account.avatarURL ?? "no avatar", card.avatarURL ?? "no avatar")
        }
    }
}
