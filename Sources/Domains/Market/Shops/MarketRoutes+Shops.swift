import Core
import HTTP
import HTTPTypes

extension MarketService {
    var shopRoutes: [Route] {
        [
            Route(
                .post, "/v1/shops", "Open a shop", tag: "shops", access: .session,
                body: .init(
                    .object([
                        .required("handle", .text(3...30, format: .handle)), .required("name", MarketShapes.name),
                        .required("currency", MarketShapes.currency, "ISO 4217, of all its prices, for good."),
                    ]),
                    example: ["handle": "kiln", "name": "The Kiln", "currency": "EUR"]),
                answers: [
                    .init(.created, "The shop", MarketShapes.shop, example: MarketShapes.shopExample),
                    .problem(.conflict, "handle_taken"),
                ], statementsMax: 4
            ) { request in
                let body = request.body
                let shop = try await openShop(
                    handle: (body["handle"]?.string ?? "").lowercased(), name: body["name"]?.string ?? "",
                    currency: try Self.currency(body["currency"]?.string, "/currency"),
                    by: try request.caller().account)
                return .shop(shop, status: .created)
            },
            Route(
                .get, "/v1/shops", "The shops that one runs", tag: "shops", access: .session,
                query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of shops", .page(of: MarketShapes.ownShop),
                        example: MarketShapes.page(of: ["shop": MarketShapes.shopExample, "role": "owner"])),
                    .problem(.badRequest, "invalid_cursor"),
                ], statementsMax: 1
            ) { request in
                let page = try await shops(
                    of: try request.caller().account, cursor: request.cursor, limit: request.limit)
                return .page(page.items, next: page.next) { json, item in
                    json.object { json in
                        json.name("shop")
                        json.object { json in item.shop.members(to: &json) }
                        json.member("role", item.role.name)
                    }
                }
            },
            Route(
                .get, "/v1/shops/{shop}", "A shop, by its id or handle", tag: "shops", access: .visitor,
                answers: [
                    .init(.ok, "The shop", MarketShapes.shop, example: MarketShapes.shopExample),
                    .problem(.notFound, "shop_not_found"),
                ], statementsMax: 2
            ) { request in
                .shop(try await shop(request.shopName(), seenBy: request.viewer))
            },
            Route(
                .patch, "/v1/shops/{shop}", "Change, close or open a shop", tag: "shops", access: .session,
                body: .init(
                    .object([
                        .optional("handle", .text(3...30, format: .handle)), .optional("name", MarketShapes.name),
                        .optional("state", MarketShapes.shopState, "Of a closed shop nothing is listed or sold."),
                    ]),
                    example: ["state": "closed"]),
                answers: [
                    .init(.ok, "The shop", MarketShapes.shop, example: MarketShapes.shopExample),
                    .problem(.notFound, "shop_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.conflict, "handle_taken"), .problem(.conflict, "shop_barred"),
                ], statementsMax: 9
            ) { request in
                let body = request.body
                return .shop(
                    try await change(
                        try await shopID(request), handle: body["handle"]?.string?.lowercased(),
                        name: body["name"]?.string,
                        state: body["state"]?.string.flatMap { ShopProfile.State(name: $0) },
                        by: try request.caller().account))
            },
        ]
    }

    var barringRoutes: [Route] {
        [
            Route(
                .patch, "/v1/admin/shops/{shop}",
                "Close a shop, which its owner cannot open then, or leave it to its owner again", tag: "Administration",
                access: .role(.administrator),
                body: .init(
                    .object([.required("is_barred", .boolean, "True closes it until it is false again.")]),
                    example: ["is_barred": true]),
                answers: [
                    .init(.ok, "The shop", MarketShapes.shop, example: MarketShapes.shopExample),
                    .problem(.notFound, "shop_not_found"),
                ], statementsMax: 9
            ) { request in
                .shop(try await bar(request.body["is_barred"]?.bool ?? true, try await shopID(request)))
            },
            Route(
                .patch, "/v1/admin/products/{product}",
                "Archive a product, which its shop cannot offer again then, or leave it to its shop again",
                tag: "Administration", access: .role(.administrator),
                body: .init(
                    .object([.required("is_barred", .boolean, "True keeps it archived until it is false again.")]),
                    example: ["is_barred": true]),
                answers: [
                    .init(.ok, "The product", MarketShapes.product, example: MarketShapes.productExample),
                    .problem(.notFound, "product_not_found"),
                ], statementsMax: 12
            ) { request in
                .product(try await bar(request.body["is_barred"]?.bool ?? true, try request.id("product")))
            },
        ]
    }

    var staffRoutes: [Route] {
        [
            Route(
                .get, "/v1/shops/{shop}/staff", "Who runs a shop, for those who do", tag: "shops", access: .session,
                answers: [
                    .init(
                        .ok, "All of them", MarketShapes.staff,
                        example: ["items": [["account": "acc_0D3PZ7XGQW4K1", "role": "owner"]]]),
                    .problem(.notFound, "shop_not_found"), .problem(.forbidden, "shop_role_required"),
                ], statementsMax: 3
            ) { request in
                let staff = try await staff(of: try await shopID(request), viewer: try request.caller().account)
                return .object { json in
                    json.name("items")
                    json.array(staff) { json, member in
                        json.object { json in
                            json.member("account", member.account)
                            json.member("role", member.role.name)
                        }
                    }
                }
            },
            Route(
                .put, "/v1/shops/{shop}/staff/{account}", "Give somebody a role in one's shop", tag: "shops",
                access: .session,
                body: .init(
                    .object([
                        .required(
                            "role", .choice(["manager", "clerk"]),
                            "A manager changes the catalog; a clerk sees it and fulfils orders.")
                    ]),
                    example: ["role": "clerk"]),
                answers: [
                    .init(.noContent, "Done"), .problem(.notFound, "shop_not_found"),
                    .problem(.notFound, "account_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.conflict, "owner_stays"), .problem(.conflict, "too_many_staff"),
                ], statementsMax: 6
            ) { request in
                try await setRole(
                    request.body["role"]?.string.flatMap { ShopRole(name: $0) } ?? .clerk,
                    of: try request.id("account"), in: try await shopID(request), by: try request.caller().account)
                return .noContent
            },
            Route(
                .delete, "/v1/shops/{shop}/staff/{account}", "Take somebody's role, or leave", tag: "shops",
                access: .session,
                answers: [
                    .init(.noContent, "Done"), .problem(.notFound, "shop_not_found"),
                    .problem(.notFound, "account_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.conflict, "owner_stays"),
                ], statementsMax: 5
            ) { request in
                try await removeStaff(
                    try request.id("account"), from: try await shopID(request), by: try request.caller().account)
                return .noContent
            },
        ]
    }

    /// - Parameter pointer: where the request has it.
    static func currency(_ code: String?, _ pointer: String) throws -> Currency {
        guard let currency = code.flatMap({ Currency(rawValue: $0) }) else {
            throw Problem.invalidField(pointer, "invalid_currency", "must be a currency of ISO 4217, such as EUR")
        }
        return currency
    }
}
