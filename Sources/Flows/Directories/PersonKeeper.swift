package import Accounts
package import Core
package import Social
package import Storage

/// Keeps Social's card of a person in step with the account, in the transaction that changes the account.
package struct PersonKeeper: AccountObserver {
    private let social: SocialService

    package init(social: SocialService) {
        self.social = social
    }

    package func accountCreated(_ profile: Profile, in tx: WriteTransaction) throws {
        try social.addPerson(profile.card, in: tx)
    }

    package func profileChanged(_ profile: Profile, in tx: WriteTransaction) throws {
        try social.changePerson(profile.card, in: tx)
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
