package import Core

/// What an order comes to. A line is its price times its pieces, which is exact; sums are checked.
package struct OrderTotals: Sendable, Equatable {
    package let lines: [Money]
    package let total: Money

    /// - Throws: ``OrderError/currenciesDiffer``, ``OrderError/totalTooLarge``.
    /// - Precondition: there is a line.
    package init(_ lines: [(price: Money, quantity: Int64)]) throws(OrderError) {
        guard let currency = lines.first?.price.currency else { preconditionFailure("an order has a line") }
        var (amounts, total): ([Money], Money) = ([], .zero(currency))
        for line in lines {
            guard line.price.currency == currency else { throw .currenciesDiffer }
            guard let amount = line.price.times(line.quantity), let sum = total.adding(amount) else {
                throw .totalTooLarge
            }
            amounts.append(amount)
            total = sum
        }
        (self.lines, self.total) = (amounts, total)
    }
}
