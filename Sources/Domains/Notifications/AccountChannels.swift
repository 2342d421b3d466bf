package import Core
package import Realtime

/// Answers for the `account:` channels: a person's own, and nobody else's.
package struct AccountChannels: ChannelOwner {
    package init() {}

    package var namespace: String { Self.namespace }

    private static let namespace = "account"

    static func channel(of account: ID<Account>) -> ChannelName {
        ChannelName(namespace: namespace, key: account)
    }

    package func admit(_ principal: Principal, to channel: ChannelName) async throws -> ChannelTerms {
        guard Self.channel(of: principal.account) == channel else {
            throw ChannelRefusal.notPermitted("Only its own person hears an account's channel.")
        }
        return ChannelTerms()
    }
}
