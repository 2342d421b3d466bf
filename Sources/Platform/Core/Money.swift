/// An amount of one currency in its minor unit: 1299 `EUR` are 12.99 €. Never a fraction, never floating point.
package struct Money: Hashable, Sendable {
    package let amount: Int64
    package let currency: Currency

    package init(_ amount: Int64, _ currency: Currency) {
        self.amount = amount
        self.currency = currency
    }

    package static func zero(_ currency: Currency) -> Money {
        Money(0, currency)
    }

    /// Nil when it does not fit.
    /// - Precondition: both are of one currency.
    package func adding(_ other: Money) -> Money? {
        precondition(currency == other.currency, "only money of one currency adds up")
        let (sum, overflows) = amount.addingReportingOverflow(other.amount)
        return overflows ? nil : Money(sum, currency)
    }

    /// Nil when it does not fit.
    package func times(_ quantity: Int64) -> Money? {
        let (product, overflows) = amount.multipliedReportingOverflow(by: quantity)
        return overflows ? nil : Money(product, currency)
    }

    /// A share in hundredths of a percent, rounded half to even: no side gains by many small amounts.
    /// - Precondition: the amount is not negative and the share is in 0...10,000.
    package func share(basisPoints: Int64) -> Money {
        precondition(amount >= 0 && (0...10_000).contains(basisPoints), "a share is of an amount that one has")
        let whole = amount / 10_000 * basisPoints
        let (quotient, remainder) = (amount % 10_000 * basisPoints).quotientAndRemainder(dividingBy: 10_000)
        let roundsUp = remainder > 5_000 || remainder == 5_000 && (whole + quotient) % 2 == 1
        return Money(whole + quotient + (roundsUp ? 1 : 0), currency)
    }
}

extension Money: CustomStringConvertible {
    /// `12.99 EUR`
    package var description: String {
        "\(decimalText) \(currency.rawValue)"
    }

    /// `12.99`, with as many digits after the point as the currency has.
    package var decimalText: String {
        let digits = currency.fractionDigits
        let magnitude = String(amount.magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - magnitude.utf8.count)) + magnitude
        let sign = amount < 0 ? "-" : ""
        guard digits > 0 else { return sign + padded }
        return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }

    /// Reads what ``decimalText`` writes, with fewer digits after the point or none as well. Nil for anything else, and
    /// for what does not fit.
    package init?(decimalText text: some StringProtocol, _ currency: Currency) {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let parts = text.dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
            .map { String($0) }
        guard (1...2).contains(parts.count), !parts[0].isEmpty else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || !fraction.isEmpty, fraction.utf8.count <= currency.fractionDigits else { return nil }
        let digits = parts[0] + fraction + String(repeating: "0", count: currency.fractionDigits - fraction.utf8.count)
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let amount = Int64((isNegative ? "-" : "") + digits)
        else { return nil }
        self.init(amount, currency)
    }
}

extension JSONWriter {
    package mutating func value(_ money: Money) {
        object { json in
            json.member("amount", money.amount)
            json.member("currency", money.currency.rawValue)
        }
    }

    package mutating func member(_ name: StaticString, _ money: Money) {
        self.name(name)
        value(money)
    }
}
