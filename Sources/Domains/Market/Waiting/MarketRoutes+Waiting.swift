import Core
import HTTP
import HTTPTypes

extension MarketService {
    private static let shape = Schema.named(
        "PlaceInLine",
        .object([
            .required("variant", .id(of: Variant.self)),
            .required(
                "place", .nullable(.integer(1...Int64(PlaceInLine.lineMax))),
                "1 is next; null when a piece is kept for you."),
            .required("offered_until", .nullable(.time), "Until then a piece is kept for you: buy it."),
            .required("joined_at", .time),
        ]))

    static let placesShape = Schema.array(shape, count: 0...PlaceInLine.perPersonMax)

    private static let example: JSON = [
        "variant": "var_0D3PZ7XGQW4K1", "place": 3, "offered_until": nil, "joined_at": "2026-03-01T12:00:00.000Z",
    ]

    var waitingRoutes: [Route] {
        [
            Route(
                .put, "/v1/variants/{variant}/waiting", "Stand in line for what is sold out", tag: "waiting",
                access: .session,
                answers: [
                    .init(.ok, "The place, new or had before", Self.shape, example: Self.example),
                    .problem(.notFound, "variant_not_found"), .problem(.conflict, "not_sold_out"),
                    .problem(.conflict, "not_sold"), .problem(.conflict, "waiting_list_full"),
                    .problem(.conflict, "too_many_places"),
                ], statementsMax: 5
            ) { request in
                .place(try await wait(for: try request.id("variant"), by: try request.caller().account))
            },
            Route(
                .get, "/v1/variants/{variant}/waiting", "One's place in a line", tag: "waiting", access: .session,
                answers: [
                    .init(.ok, "The place", Self.shape, example: Self.example), .problem(.notFound, "not_waiting"),
                    .problem(.notFound, "variant_not_found"),
                ], statementsMax: 1
            ) { request in
                .place(try await place(of: try request.caller().account, for: try request.id("variant")))
            },
            Route(
                .delete, "/v1/variants/{variant}/waiting", "Leave a line", tag: "waiting", access: .session,
                answers: [
                    .init(.noContent, "You do not stand in it"), .problem(.notFound, "variant_not_found"),
                ],
                // What was kept goes to the next one.
                statementsMax: 12
            ) { request in
                try await leave(try request.id("variant"), by: try request.caller().account)
                return .noContent
            },
            Route(
                .get, "/v1/waiting", "Everywhere one stands in line", tag: "waiting", access: .session,
                answers: [
                    .init(
                        .ok, "The places", .object([.required("items", Self.placesShape)]),
                        example: ["items": [Self.example]])
                ], statementsMax: 1
            ) { request in
                let places = try await places(of: try request.caller().account)
                return .object { json in
                    json.name("items")
                    json.array(places) { json, place in place.write(to: &json) }
                }
            },
        ]
    }
}

extension Reply {
    fileprivate static func place(_ place: PlaceInLine) -> Reply {
        var json = JSONWriter(capacity: 160)
        place.write(to: &json)
        return .json(json.finish())
    }
}
