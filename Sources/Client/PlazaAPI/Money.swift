/// An amount in a currency's minor unit: 1299 EUR are 12.99 €. Never a fraction.
public struct Money: Codable, Hashable, Sendable {
    public let amount: Int64
    /// ISO 4217.
    public let currency: String

    public init(_ amount: Int64, _ currency: String) {
        self.amount = amount
        self.currency = currency
    }
}
