package import Core
package import Market
package import Notifications
import Social
package import Storage

/// What Notifications must know: people from Social, shops and orders from Market.
package struct NotificationAudience: NotificationDirectory {
    private let market: MarketService

    package init(market: MarketService) {
        self.market = market
    }

    package func actors(in encounters: [Encounter], in tx: WriteTransaction) throws -> [Encounter: ActorCard] {
        let pairs = encounters.map { (account: $0.account, other: $0.actor) }
        let met = try SocialService.cards(meeting: pairs, in: tx)
        return Dictionary(met.map { (Encounter(account: $0.account, actor: $0.card.id), $0.card.actor) }) { $1 }
    }

    package func actors(
        _ actors: [ID<Account>], seenBy account: ID<Account>, in db: ReadTransaction
    ) throws -> [ID<Account>: ActorCard] {
        let cards = try SocialService.cards(of: actors, seenBy: account, in: db)
        return Dictionary(cards.map { ($0.id, $0.actor) }) { $1 }
    }

    package func staff(of shops: [ID<Shop>], in tx: WriteTransaction) throws -> [ID<Shop>: [ID<Account>]] {
        Dictionary(grouping: try market.staff(of: shops, in: tx), by: \.shop).mapValues { $0.map(\.account) }
    }

    package func buyers(of orders: [ID<Order>], in tx: WriteTransaction) throws -> [ID<Order>: ID<Account>] {
        try market.buyers(of: orders, in: tx)
    }
}

extension PersonCard {
    fileprivate var actor: ActorCard {
        ActorCard(id: id, handle: handle, displayName: displayName, avatarURL: avatarURL)
    }
}
