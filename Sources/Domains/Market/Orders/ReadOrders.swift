import Cache
package import Core
import Storage
import Telemetry

/// Orders as their readers have seen them, encoded: who waits for a parcel looks again and again.
///
/// Exact: an order is dropped with each of its changes, after the commit and before the writer hears of it. What is
/// shown of many orders, or who may see them, changes seldom: all are out of date with ``access`` then.
final class ReadOrders: Sendable {
    /// One order for one of its readers.
    struct Copy: Sendable {
        let caller: OrderCaller
        let json: [UInt8]
        /// Taken before the order was read.
        let access: UInt64
    }

    /// The last to have read an order: its buyer, and some of its sellers.
    private static let copiesMax = 4

    private let orders: Cache<ID<Order>, [Copy]>
    /// Names of shops, the people who run them, and addresses that are forgotten.
    private let access = Generation()

    init(bytesMax: Int, registry: MetricRegistry) {
        orders = Cache(name: "orders", costMax: bytesMax, registry: registry)
    }

    /// - Parameter read: reads and encodes the order, when it is not in memory.
    func json(
        of order: ID<Order>, for caller: OrderCaller, read: () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        let access = access.current
        let copies = orders.value(for: order) ?? []
        if let copy = copies.first(where: { $0.caller == caller && $0.access == access }) { return copy.json }
        let ticket = orders.ticket()
        // What was found before the ticket may have been dropped since: only what is there now is kept on.
        let others = copies.isEmpty ? [] : orders.value(for: order) ?? []
        var kept = others.filter { $0.caller != caller && $0.access == access }
        kept.append(Copy(caller: caller, json: try await read(), access: access))
        if kept.count > Self.copiesMax { kept.removeFirst() }
        let overhead = 256
        orders.offer(kept, for: order, cost: kept.reduce(overhead) { $0 + $1.json.count + 64 }, with: ticket)
        return kept[kept.count - 1].json
    }

    func drop(_ order: ID<Order>) { orders.drop(order) }
    func dropAll() { access.advance() }
}

extension MarketService {
    /// The same as ``order(_:for:)``, encoded: from memory, or in four statements.
    package func encodedOrder(_ id: ID<Order>, for caller: OrderCaller) async throws -> [UInt8] {
        try await readOrders.json(of: id, for: caller) {
            let order = try await order(id, for: caller)
            var json = JSONWriter(capacity: 8_192)
            order.write(to: &json)
            return json.finish()
        }
    }

    /// What anybody has seen of an order: call it for whatever changes its rows.
    func dropReadOrder(_ order: ID<Order>, after tx: WriteTransaction) {
        let readOrders = readOrders
        tx.afterCommit { readOrders.drop(order) }
    }

    /// What anybody has seen of any: call it for what is rare and concerns many.
    func dropReadOrders(after tx: WriteTransaction) {
        let readOrders = readOrders
        tx.afterCommit { readOrders.dropAll() }
    }
}
