package import Core

extension Schema {
    /// What is wrong with `value`, field by field; empty when it fits.
    package func problems(in value: JSON) -> [FieldProblem] {
        var check = SchemaCheck()
        check.check(value, self, at: "")
        return check.problems
    }

    /// What is wrong with a query parameter, which arrives as text.
    func problems(inParameter text: String, named name: String) -> [FieldProblem] {
        let value: JSON =
            switch self {
            case .integer(let bounds): Self.integer(text, bounds) ?? .string(text)
            case .boolean: text == "true" ? true : text == "false" ? false : .string(text)
            default: .string(text)
            }
        var check = SchemaCheck()
        check.check(value, self, at: name)
        return check.problems
    }

    /// A number beyond 64 bits is out of bounds like any other that is too large, or too small.
    private static func integer(_ text: String, _ bounds: ClosedRange<Int64>) -> JSON? {
        if let value = Int64(text) { return .integer(value) }
        let digits = text.first == "-" ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return .integer(text.first == "-" ? .min : .max)
    }
}

private struct SchemaCheck {
    /// Enough to mend a form; a stranger's batch must not make us write a book.
    private static let problemsMax = 20

    var problems: [FieldProblem] = []

    mutating func check(_ value: JSON, _ schema: Schema, at pointer: String) {
        guard problems.count < Self.problemsMax else { return }
        switch (schema, value) {
        case (.anything, _), (.nullable, .null), (.number, .number), (.number, .integer), (.boolean, .bool):
            break
        case (.nullable(let inner), _), (.named(_, let inner), _):
            check(value, inner, at: pointer)
        case (.string(let rule), .string(let text)):
            check(text, rule, at: pointer)
        case (.integer(let bounds), .integer(let number)):
            if number < bounds.lowerBound { add(pointer, "too_small", "must be at least \(bounds.lowerBound)") }
            if number > bounds.upperBound { add(pointer, "too_large", "must be at most \(bounds.upperBound)") }
        case (.choice(let choices), .string(let text)):
            if !choices.contains(text) {
                add(pointer, "not_a_choice", "must be one of \(choices.joined(separator: ", "))")
            }
        case (.id(let prefix), .string(let text)):
            if !EntityID.isValid(text, prefix: prefix) {
                add(pointer, "invalid_id", "must be an id that starts with \(prefix)_")
            }
        case (.time, .string(let text)):
            if text.utf8.count < 20 || text.utf8.last != UInt8(ascii: "Z") {
                add(pointer, "invalid_time", "must be an RFC 3339 time in UTC")
            }
        case (.array(let item, let count), .array(let items)):
            checkCount(items.count, count, at: pointer)
            guard items.count <= count.upperBound else { return }
            for (index, element) in items.enumerated() { check(element, item, at: "\(pointer)/\(index)") }
        case (.object(let fields), .object(let members)):
            check(members, fields, at: pointer)
        default:
            add(pointer, "wrong_type", "must be \(schema.typeName), not \(value.typeName)")
        }
    }

    private mutating func check(_ members: [JSON.Member], _ fields: [Schema.Field], at pointer: String) {
        for member in members where !fields.contains(where: { $0.name == member.name }) {
            let name = String(member.name.unicodeScalars.prefix(60)).replacing("~", with: "~0").replacing(
                "/", with: "~1")
            add("\(pointer)/\(name)", "unknown_field", "is not a field of this request")
        }
        for field in fields {
            if let member = members.first(where: { $0.name == field.name }) {
                check(member.value, field.schema, at: "\(pointer)/\(field.name)")
            } else if field.isRequired {
                add("\(pointer)/\(field.name)", "missing", "is required")
            }
        }
    }

    private mutating func checkCount(_ count: Int, _ bounds: ClosedRange<Int>, at pointer: String) {
        if count < bounds.lowerBound { add(pointer, "too_few", "must have at least \(bounds.lowerBound) items") }
        if count > bounds.upperBound { add(pointer, "too_many", "must have at most \(bounds.upperBound) items") }
    }

    private mutating func check(_ text: String, _ rule: Schema.StringRule, at pointer: String) {
        // A scalar has one to four bytes, so most lengths need no counting.
        let bytes = text.utf8.count
        if bytes > rule.length.upperBound, text.unicodeScalars.count > rule.length.upperBound {
            return add(pointer, "too_long", "must have at most \(rule.length.upperBound) characters")
        }
        let isTooShort = bytes < rule.length.lowerBound * 4 && text.unicodeScalars.count < rule.length.lowerBound
        let isBlank = rule.length.lowerBound > 0 && rule.format == nil && text.isBlank
        if isTooShort || isBlank {
            let least =
                rule.length.lowerBound == 1
                ? "must not be empty" : "must have at least \(rule.length.lowerBound) characters"
            return add(pointer, "too_short", least)
        }
        if text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }), !isAllowed(text, multiline: rule.isMultiline) {
            return add(pointer, "control_character", "must not contain control characters")
        }
        if let format = rule.format, !format.matches(text) {
            add(pointer, "invalid_format", format.explanation)
        }
    }

    private func isAllowed(_ text: String, multiline: Bool) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D: multiline
            case ..<0x20, 0x7F...0x9F: false
            default: !scalar.isBidiControl
            }
        }
    }

    private mutating func add(_ pointer: String, _ code: String, _ message: String) {
        guard problems.count < Self.problemsMax else { return }
        problems.append(FieldProblem(pointer: pointer, code: code, message: message))
    }
}

extension Schema {
    fileprivate var typeName: String {
        switch self {
        case .string, .choice, .id, .time: "a string"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "true or false"
        case .array: "an array"
        case .object: "an object"
        case .nullable(let inner): "\(inner.typeName) or null"
        case .named(_, let inner): inner.typeName
        case .anything: "anything"
        }
    }
}

extension Schema.Format {
    fileprivate func matches(_ text: String) -> Bool {
        switch self {
        case .url:
            (text.hasPrefix("https://") || text.hasPrefix("http://")) && !text.contains(where: \.isWhitespace)
                && text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).count >= 2
        case .email:
            isEmail(text)
        case .date:
            text.utf8.count == 10 && text.split(separator: "-").map(\.count) == [4, 2, 2]
        case .handle:
            text.utf8.count >= 3 && text.utf8.count <= 30 && text.utf8.allSatisfy(isHandleByte)
                && text.first != "_" && text.first != "."
        case .password:
            true
        }
    }

    private func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && !parts[1].hasPrefix(".")
            && !parts[1].hasSuffix(".") && !text.contains(where: \.isWhitespace)
    }

    private func isHandleByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    fileprivate var explanation: String {
        switch self {
        case .url: "must be an http or https URL"
        case .email: "must be an e-mail address"
        case .date: "must be a date such as 2026-03-01"
        case .handle: "must be 3 to 30 of a–z, 0–9, _ and ., starting with a letter or digit"
        case .password: "must be a password"
        }
    }
}
