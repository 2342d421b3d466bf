package import Core
import HTTPTypes

/// Prints `/openapi.json` from the routes that exist: OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.0
package enum OpenAPI {
    package static func document(of routes: [Route], version: String) -> JSON {
        var shapes: [String: JSON] = ["Problem": problemShape]
        for route in routes {
            for schema in [route.body?.schema].compactMap(\.self) + route.answers.compactMap(\.schema) {
                collectShapes(of: schema, into: &shapes)
            }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Plaza",
                "version": .string(version),
                "description": .string(
                    "Times are RFC 3339 in UTC. Lists are pages: hand next back as cursor. Errors are RFC 9457 problems "
                        + "with a stable code; 429 and 503 come with Retry-After. Any request can also be answered "
                        + "with 400 malformed_request, 408 request_timeout, 431 headers_too_large and 500 "
                        + "internal_error."),
            ],
            "paths": paths(of: routes),
            "components": .object([
                .init(name: "schemas", value: .object(shapes.sorted { $0.key < $1.key }.map(JSON.Member.init))),
                .init(
                    name: "securitySchemes",
                    value: ["session": ["type": "http", "scheme": "bearer", "description": "An access token."]]),
            ]),
        ]
    }

    private static func paths(of routes: [Route]) -> JSON {
        var order: [String] = []
        var byPath: [String: [JSON.Member]] = [:]
        for route in routes {
            if byPath[route.path] == nil { order.append(route.path) }
            byPath[route.path, default: []].append(
                .init(name: route.method.rawValue.lowercased(), value: operation(route)))
        }
        return .object(order.map { .init(name: $0, value: .object(byPath[$0] ?? [])) })
    }

    private static func operation(_ route: Route) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "summary", value: .string(route.summary)),
            .init(name: "operationId", value: .string(operationID(of: route))),
            .init(name: "tags", value: [.string(route.tag)]),
        ]
        if route.access != .anyone { members.append(.init(name: "security", value: security(of: route.access))) }
        let parameters = pathParameters(of: route) + route.query.map(queryParameter) + headerParameters(of: route)
        if !parameters.isEmpty { members.append(.init(name: "parameters", value: .array(parameters))) }
        if let body = route.body {
            let content: JSON = ["schema": reference(body.schema), "example": body.example]
            members.append(
                .init(name: "requestBody", value: ["required": true, "content": ["application/json": content]]))
        }
        if let upload = route.upload {
            let content = JSON.object([.init(name: upload.contentType, value: ["schema": ["type": "string"]])])
            members.append(
                .init(
                    name: "requestBody",
                    value: ["required": true, "description": .string(upload.about), "content": content]))
        }
        members.append(.init(name: "responses", value: responses(of: route)))
        return .object(members)
    }

    private static func operationID(of route: Route) -> String {
        let words = route.path.split { !$0.isLetter && !$0.isNumber }.dropFirst(route.path.hasPrefix("/v1/") ? 1 : 0)
        return ([route.method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
    }

    private static func security(of access: Route.Access) -> JSON {
        access == .visitor ? [.object([]), ["session": []]] : [["session": []]]
    }

    private static func pathParameters(of route: Route) -> [JSON] {
        route.path.split(separator: "/").filter { $0.first == "{" }.map { segment in
            [
                "name": .string(String(segment.dropFirst().dropLast())), "in": "path", "required": true,
                "schema": ["type": "string"],
            ]
        }
    }

    private static func queryParameter(_ parameter: Route.Parameter) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "name", value: .string(parameter.name)), .init(name: "in", value: "query"),
            .init(name: "description", value: .string(parameter.about)),
            .init(name: "schema", value: shape(of: parameter.schema)),
        ]
        if let example = parameter.example { members.append(.init(name: "example", value: .string(example))) }
        return .object(members)
    }

    private static func headerParameters(of route: Route) -> [JSON] {
        guard route.needsIdempotencyKey else { return [] }
        return [
            [
                "name": "Idempotency-Key", "in": "header", "required": true,
                "description":
                    "Your name for this request. The same again gets the same answer, and nothing is done twice.",
                "schema": ["type": "string", "minLength": 1, "maxLength": 128], "example": "8d1f0b2e-4c1a",
            ]
        ]
    }

    /// Answers of one status are one response: a problem's codes are listed in its description.
    private static func responses(of route: Route) -> JSON {
        let common = CommonProblem.of(route).filter { problem in
            !route.answers.contains { $0.status == problem.status && $0.about == problem.code }
        }
        let answers = route.answers + common.map { .problem($0.status, $0.code) }
        let byStatus = Dictionary(grouping: answers, by: \.status.code)
        return .object(
            byStatus.sorted { $0.key < $1.key }.map { status, answers in
                var members: [JSON.Member] = [
                    .init(name: "description", value: .string(answers.map(\.about).joined(separator: ", ")))
                ]
                if let answer = answers.first(where: { $0.schema != nil || $0.contentType != "application/json" }) {
                    members.append(.init(name: "content", value: content(of: answer)))
                }
                return .init(name: String(status), value: .object(members))
            })
    }

    private static func content(of answer: Route.Answer) -> JSON {
        let isProblem = answer.contentType == "application/problem+json"
        var members: [JSON.Member] = []
        if isProblem {
            members.append(.init(name: "schema", value: ["$ref": "#/components/schemas/Problem"]))
        } else if let schema = answer.schema {
            members.append(.init(name: "schema", value: reference(schema)))
        }
        if let example = answer.example { members.append(.init(name: "example", value: example)) }
        return .object([.init(name: answer.contentType, value: .object(members))])
    }

    // MARK: Shapes

    private static func reference(_ schema: Schema) -> JSON {
        if case .named(let name, _) = schema {
            ["$ref": .string("#/components/schemas/\(name)")]
        } else {
            shape(of: schema)
        }
    }

    private static func collectShapes(of schema: Schema, into shapes: inout [String: JSON]) {
        switch schema {
        case .named(let name, let inner):
            guard shapes[name] == nil else { return }
            shapes[name] = shape(of: inner)
            collectShapes(of: inner, into: &shapes)
        case .array(let item, _): collectShapes(of: item, into: &shapes)
        case .nullable(let inner): collectShapes(of: inner, into: &shapes)
        case .object(let fields): for field in fields { collectShapes(of: field.schema, into: &shapes) }
        case .string, .integer, .number, .boolean, .choice, .id, .time, .anything: break
        }
    }

    private static func shape(of schema: Schema) -> JSON {
        switch schema {
        case .string(let rule): return shape(of: rule)
        case .integer(let bounds):
            return [
                "type": "integer", "format": "int64", "minimum": .integer(bounds.lowerBound),
                "maximum": .integer(bounds.upperBound),
            ]
        case .number: return ["type": "number"]
        case .boolean: return ["type": "boolean"]
        case .choice(let choices): return ["type": "string", "enum": .array(choices.map(JSON.string))]
        case .id(let prefix): return ["type": "string", "pattern": .string("^\(prefix)_[0-7][0-9A-HJKMNP-TV-Z]{12}$")]
        case .time: return ["type": "string", "format": "date-time"]
        case .array(let item, let count):
            return [
                "type": "array", "items": reference(item), "minItems": .integer(Int64(count.lowerBound)),
                "maxItems": .integer(Int64(count.upperBound)),
            ]
        case .object(let fields): return shape(of: fields)
        case .nullable(let inner): return ["anyOf": [reference(inner), ["type": "null"]]]
        case .named: return reference(schema)
        case .anything: return .object([])
        }
    }

    private static func shape(of rule: Schema.StringRule) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "type", value: "string"),
            .init(name: "minLength", value: .integer(Int64(rule.length.lowerBound))),
            .init(name: "maxLength", value: .integer(Int64(rule.length.upperBound))),
        ]
        if let format = rule.format { members.append(.init(name: "format", value: .string(format.rawValue))) }
        return .object(members)
    }

    private static func shape(of fields: [Schema.Field]) -> JSON {
        let properties = fields.map { field -> JSON.Member in
            guard !field.about.isEmpty else { return .init(name: field.name, value: reference(field.schema)) }
            guard case .object(let members) = reference(field.schema) else {
                return .init(name: field.name, value: true)
            }
            return .init(
                name: field.name,
                value: .object(members + [.init(name: "description", value: .string(field.about))]))
        }
        let required = fields.filter(\.isRequired).map { JSON.string($0.name) }
        return [
            "type": "object", "properties": .object(properties), "required": .array(required),
            "additionalProperties": false,
        ]
    }

    private static let problemShape: JSON = [
        "type": "object",
        "description": "RFC 9457. Branch on code: it is stable.",
        "properties": [
            "type": ["type": "string"],
            "title": ["type": "string"],
            "status": ["type": "integer"],
            "code": ["type": "string"],
            "detail": ["type": "string"],
            "retryable": ["type": "boolean"],
            "request_id": ["type": "string"],
            "errors": [
                "type": "array",
                "items": [
                    "type": "object",
                    "properties": [
                        "pointer": ["type": "string"], "code": ["type": "string"], "message": ["type": "string"],
                        "current": .object([]),
                    ],
                    "required": ["pointer", "code", "message"],
                ],
            ],
        ],
        "required": ["type", "title", "status", "code", "detail", "retryable", "request_id"],
        "example": [
            "type": "about:blank", "title": "Not Found", "status": 404, "code": "post_not_found",
            "detail": "There is no such post, or you may not see it.", "retryable": false,
            "request_id": "req_0D3PZ7XGQW4K1",
        ],
    ]
}
