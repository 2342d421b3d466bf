import Core
package import Jobs

/// Brings what a shop lists in line with whether it is open.
struct RelistShop: Job {
    static let kind = "market.relist_shop"
    let shop: ID<Shop>

    init(shop: ID<Shop>) { self.shop = shop }

    init(payload: JSON) throws {
        guard let shop = payload["id"]?.string.flatMap({ ID<Shop>($0) }) else {
            throw PermanentJobFailure("the payload has no shop")
        }
        self.shop = shop
    }

    var payload: JSON { ["id": .id(shop)] }
}

extension MarketService {
    /// Registers what Market's jobs do.
    package func register(in handlers: inout JobHandlers) {
        handlers.on(RelistShop.self, timeoutSeconds: 600) { job, _ in try await relist(job.shop) }
    }
}
