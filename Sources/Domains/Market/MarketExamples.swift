import Core

/// Examples of what Market's routes answer.
extension MarketShapes {
    static let shopExample: JSON = [
        "id": "shp_0D3PZ7XGQW4K1", "handle": "kiln", "name": "The Kiln", "owner": "acc_0D3PZ7XGQW4K1",
        "currency": "EUR", "state": "open", "created_at": "2026-03-01T12:00:00.000Z",
    ]

    private static let cardMembers: [JSON.Member] = {
        let card: JSON = [
            "id": "prd_0D3PZ7XGQW4K1", "shop": ["id": "shp_0D3PZ7XGQW4K1", "handle": "kiln", "name": "The Kiln"],
            "handle": "blue-bowl", "title": "Blue bowl", "vendor": "The Kiln", "type": "Bowls", "status": "active",
            "picture": "https://cdn.example/bowl.jpg", "price": ["amount": 1_999, "currency": "EUR"],
            "price_max": ["amount": 1_999, "currency": "EUR"], "available": 12, "opens_at": nil,
            "per_person_max": nil, "counts": ["sales": 3, "views": 240], "score": 425_000_000,
            "created_at": "2026-03-01T12:00:00.000Z",
        ]
        guard case .object(let members) = card else { return [] }
        return members
    }()

    static let cardExample = JSON.object(cardMembers)

    static let productExample: JSON = .object(
        cardMembers + [
            .init(name: "body", value: "<p>Thrown by hand.</p>"), .init(name: "options", value: []),
            .init(name: "pictures", value: [["url": "https://cdn.example/bowl.jpg", "alt": "A blue bowl"]]),
            .init(name: "tags", value: ["blue", "ceramics"]),
            .init(
                name: "variants",
                value: [
                    [
                        "id": "var_0D3PZ7XGQW4K1", "options": [], "sku": "BB-1", "barcode": "",
                        "price": ["amount": 1_999, "currency": "EUR"], "compare_at": nil, "grams": 640,
                        "weight_unit": "g", "picture": nil, "stock_policy": "counted", "available": 12,
                    ]
                ]),
            .init(name: "posts", value: ["count": 2, "url": "/v1/products/prd_0D3PZ7XGQW4K1/posts"]),
            .init(name: "updated_at", value: "2026-03-01T12:00:00.000Z"),
        ])

    static let collectionExample: JSON = [
        "id": "col_0D3PZ7XGQW4K1", "shop": "shp_0D3PZ7XGQW4K1", "handle": "winter", "title": "Winter",
    ]

    static let stockExample: JSON = [
        "variant": "var_0D3PZ7XGQW4K1", "policy": "counted", "on_hand": 14, "reserved": 2, "available": 12,
    ]

    static let importExample: JSON = [
        "id": "imp_0D3PZ7XGQW4K1", "shop": "shp_0D3PZ7XGQW4K1", "account": "acc_0D3PZ7XGQW4K1", "is_dry_run": false,
        "state": "running", "failure": nil, "bytes": 24_775, "bytes_done": 0, "rows": 0,
        "products": ["created": 0, "updated": 0, "unchanged": 0, "skipped": 0, "warned": 0],
        "created_at": "2026-03-01T12:00:00.000Z", "finished_at": nil, "format": "shopify", "notes": [],
    ]

    static func page(of example: JSON) -> JSON { ["items": [example], "next": nil] }

    static func extended(_ example: JSON, _ name: String, _ value: JSON) -> JSON {
        guard case .object(let members) = example else { return example }
        return .object(members + [.init(name: name, value: value)])
    }
}
