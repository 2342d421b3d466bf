package import Core

/// The shape of a JSON value: what requests are checked against, what `/openapi.json` prints, and what tests hold
/// answers to. One description for all three.
package indirect enum Schema: Sendable {
    case string(StringRule)
    /// An integer with inclusive bounds.
    case integer(ClosedRange<Int64>)
    case number
    case boolean
    /// One of a closed set of strings.
    case choice([String])
    /// The outside form of an id with that prefix.
    case id(String)
    /// RFC 3339 in UTC.
    case time
    case array(Schema, count: ClosedRange<Int>)
    case object([Field])
    case nullable(Schema)
    /// A named shape, listed once under `components/schemas`.
    case named(String, Schema)
    /// Any JSON value.
    case anything

    package struct StringRule: Sendable {
        /// Unicode scalars. Where some are asked for, one at least is visible.
        package var length: ClosedRange<Int>
        /// Line breaks and tabs are allowed; other control characters, and those that turn text around, never are.
        package var isMultiline: Bool
        /// What the text must look like beyond its length, as it is said to people; nil is anything.
        package var format: Format?
    }

    package enum Format: String, Sendable {
        /// An `https` or `http` URL.
        case url = "uri"
        case email
        case date
        /// 3 to 30 of a–z, 0–9, `_` and `.`, starting with a letter or digit.
        case handle
        /// A secret: never logged, shown as dots by clients.
        case password
    }

    package struct Field: Sendable {
        package let name: String
        package let schema: Schema
        package let isRequired: Bool
        package let about: String
    }

    package static func text(_ length: ClosedRange<Int>, multiline: Bool = false, format: Format? = nil) -> Schema {
        .string(StringRule(length: length, isMultiline: multiline, format: format))
    }

    package static func id<Entity: EntityKind>(of kind: Entity.Type) -> Schema {
        .id(kind.idPrefix)
    }

    /// The page of a list: `{"items": […], "next": cursor or null}`.
    package static func page(of item: Schema) -> Schema {
        .object([
            .required("items", .array(item, count: 0...100), "The rows, in the list's order."),
            .required("next", .nullable(.text(1...512)), "Hand it back as cursor for the next page; null at the end."),
        ])
    }
}

extension Schema {
    /// Whether some member is a password or a token.
    var hasSecrets: Bool {
        switch self {
        case .string(let rule): rule.format == .password
        case .array(let item, _), .nullable(let item), .named(_, let item): item.hasSecrets
        case .object(let fields): fields.contains { $0.schema.hasSecrets }
        default: false
        }
    }
}

extension Schema.Field {
    package static func required(_ name: String, _ schema: Schema, _ about: String = "") -> Self {
        Self(name: name, schema: schema, isRequired: true, about: about)
    }

    package static func optional(_ name: String, _ schema: Schema, _ about: String = "") -> Self {
        Self(name: name, schema: schema, isRequired: false, about: about)
    }
}
