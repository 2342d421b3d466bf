import Core
import Storage
import Synchronization

@testable import Social

/// Products as a test has them: all but those that it hides, at the price that it sets.
final class Shelf: ProductDirectory {
    private let state = Mutex(State())

    private struct State {
        var price: Int64 = 1_000
        var hidden: Set<ID<Product>> = []
        var changed: [ID<Product>] = []
    }

    func setPrice(_ price: Int64) {
        state.withLock { $0.price = price }
    }

    func hide(_ product: ID<Product>) {
        state.withLock { _ = $0.hidden.insert(product) }
    }

    func show(_ product: ID<Product>) {
        state.withLock { _ = $0.hidden.remove(product) }
    }

    /// Products whose public posts have changed since the last call.
    func takeChanged() -> [ID<Product>] {
        state.withLock { state in
            defer { state.changed = [] }
            return state.changed
        }
    }

    func cards(of products: [ID<Product>]) async throws -> [TaggedProduct?] {
        shown(products)
    }

    func cards(of products: [ID<Product>], in tx: WriteTransaction) throws -> [TaggedProduct?] {
        shown(products)
    }

    func publicPostsChange(of products: [ID<Product>], in tx: WriteTransaction) {
        tx.afterCommit { self.state.withLock { $0.changed += products } }
    }

    private func shown(_ products: [ID<Product>]) -> [TaggedProduct?] {
        state.withLock { state in
            products.map { product in
                guard !state.hidden.contains(product) else { return nil }
                var json = JSONWriter()
                json.object { json in
                    json.member("id", product)
                    json.member("title", "Bowl")
                    json.member("picture", nil as String?)
                    json.member("price", ["amount": .integer(state.price), "currency": "EUR"])
                    json.name("compare_at")
                    json.null()
                    json.member("available", 3 as Int64)
                    json.name("opens_at")
                    json.null()
                }
                return TaggedProduct(json: json.finish().dropLast(), isBuyable: true)
            }
        }
    }
}
