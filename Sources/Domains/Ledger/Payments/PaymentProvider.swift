package import Core
package import HTTPTypes

/// Who moves money across the border: a card processor, a bank.
///
/// Called outside of transactions, and again whenever an answer did not arrive: a provider acts once on a key. What it
/// throws says nothing about whether it has acted.
package protocol PaymentProvider: Sendable {
    /// Names it in rows and paths: `stripe`. Never changed.
    var name: String { get }

    /// Sets money aside.
    func authorise(_ order: ProviderOrder) async throws -> ProviderReport
    /// Takes what has been set aside, or a part of it, once. The rest is let go of.
    func capture(_ key: String, _ amount: Money) async throws -> ProviderReport
    /// Lets go of what has been set aside.
    func void(_ key: String) async throws -> ProviderReport
    /// Gives back a part of what has been taken.
    /// - Parameter original: the key of the payment that it was taken by.
    func refund(_ order: ProviderOrder, of original: String) async throws -> ProviderReport
    /// Gives money to somebody.
    func payOut(_ order: ProviderOrder) async throws -> ProviderReport
    /// What has become of a payment, refund or payout.
    func report(of key: String) async throws -> ProviderReport

    /// Reads what has been sent to `POST /v1/payments/callbacks/{name}`.
    /// - Throws: ``CallbackRefusal`` for what is not the provider's, or too old.
    func notice(headers: HTTPFields, body: [UInt8], now: Timestamp) throws -> ProviderNotice
}

package struct ProviderOrder: Hashable, Sendable {
    package let key: String
    package let amount: Money
    /// What the provider knows the other side by.
    package let token: String
}

/// What a provider says of a payment.
package struct ProviderReport: Hashable, Sendable {
    let status: ProviderStatus
    /// Of the whole payment, and of one that was completed what was taken; nil where it is not known.
    let amount: Money?
    /// Why it was declined: `card_declined`.
    let reason: String?

    init(_ status: ProviderStatus, amount: Money? = nil, reason: String? = nil) {
        self.status = status
        self.amount = amount
        self.reason = reason
    }
}

/// What a provider sends by itself. It may come late, twice and out of order.
package struct ProviderNotice: Sendable {
    /// The same when it is sent again.
    let id: String
    let key: String
    let report: ProviderReport
}

/// Why a callback is not believed.
package enum CallbackRefusal: Error, Equatable {
    case forged
    case outsideOfTolerance
    case unreadable
}
