import Core
package import HTTP
import HTTPTypes

extension MarketService {
    /// Every route of the slice.
    package var routes: [Route] {
        shopRoutes + staffRoutes + collectionRoutes + productRoutes + variantRoutes + listRoutes + importRoutes
            + orderRoutes
    }
}

extension RouteRequest {
    var viewer: ID<Account>? { principal?.account }

    /// `{shop}` as an id or a handle.
    func shopName() -> ShopName {
        Self.shopName(parameter("shop"))
    }

    static func shopName(_ text: String) -> ShopName {
        ID<Shop>(text).map(ShopName.id) ?? .handle(text.lowercased())
    }
}

extension MarketService {
    /// The shop that a route is about, by its id or handle. No statement for an id.
    func shopID(_ request: RouteRequest) async throws -> ID<Shop> {
        switch request.shopName() {
        case .id(let id): id
        case .handle: try await shop(request.shopName()).id
        }
    }
}

extension Reply {
    static func shop(_ shop: ShopProfile, status: HTTPResponse.Status = .ok) -> Reply {
        .object(status: status) { json in shop.members(to: &json) }
    }

    static func product(_ page: ProductPage, status: HTTPResponse.Status = .ok) -> Reply {
        .json(page.json, status: status)
    }
}

extension ShopProfile {
    func members(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("handle", handle)
        json.member("name", name)
        json.member("owner", owner)
        json.member("currency", currency.rawValue)
        json.member("state", state.name)
        json.member("created_at", id.createdAt)
    }
}
