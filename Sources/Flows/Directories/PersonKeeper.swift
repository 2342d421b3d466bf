package import Accounts
package import Chat
package import Core
package import Market
package import Social
package import Storage

/// Keeps in step with the account what the other slices have of it, in the transaction that changes the account: Social's
/// card of the person, and while it is suspended Market's shops and Chat's live rooms.
package struct PersonKeeper: AccountObserver {
    private let social: SocialService
    private let market: MarketService
    private let chat: ChatService

    package init(social: SocialService, market: MarketService, chat: ChatService) {
        self.social = social
        self.market = market
        self.chat = chat
    }

    package func accountCreated(_ profile: Profile, in tx: WriteTransaction) throws {
        try social.addPerson(profile.card, in: tx)
    }

    package func profileChanged(_ profile: Profile, in tx: WriteTransaction) throws {
        try social.changePerson(profile.card, in: tx)
    }

    package func accountStateChanged(_ profile: Profile, in tx: WriteTransaction) throws {
        let isSuspended = profile.state == .suspended
        try social.setSuspended(isSuspended, profile.id, in: tx)
        try market.setSuspended(isSuspended, shopsOf: profile.id, in: tx)
        if isSuspended { try chat.closeLives(of: profile.id, in: tx) }
    }

    package func accountErased(_ id: ID<Account>, in tx: WriteTransaction) throws {
        try social.erase(id, in: tx)
    }
}

extension Profile {
    var card: PersonCard {
        PersonCard(id: id, handle: handle, displayName: displayName, bio: bio, avatarURL: avatarURL)
    }
}
