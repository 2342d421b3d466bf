package import Core
package import Realtime

/// Answers for the `account:` channels: a person's own, and nobody else's.
package struct AccountChannels: ChannelOwner {
    package let shape: ChannelShape

    /// - Parameter others: what the other slices say in people's own channels.
    package init(carrying others: [PushShape]) {
        shape = ChannelShape(
            "Its own person: every socket of theirs hears it from the start.", key: "account",
            keyExample: "acc_0D3PZ7XGQW4K1", pushes: NotificationsService.pushShapes + others)
    }

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
