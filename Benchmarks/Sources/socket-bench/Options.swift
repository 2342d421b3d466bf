/// What was asked for: `--name value` pairs.
struct Options {
    private var values: [String: String] = [:]

    init(_ arguments: some Sequence<String>) throws {
        var name: String?
        for argument in arguments {
            if let known = name {
                values[known] = argument
                name = nil
            } else if argument.hasPrefix("--") {
                name = String(argument.dropFirst(2))
            } else {
                throw Failure("\(argument) has no name before it")
            }
        }
        if let name { throw Failure("--\(name) has no value") }
    }

    func text(_ name: String) -> String? {
        values[name]
    }

    func number(_ name: String, default standard: Int? = nil) throws -> Int {
        guard let text = values[name] else {
            guard let standard else { throw Failure("--\(name) is missing") }
            return standard
        }
        guard let number = Int(text), number >= 0 else { throw Failure("--\(name) \(text) is no number") }
        return number
    }

    /// Parts between commas; none when it was not given.
    func list(_ name: String) -> [String] {
        values[name]?.split(separator: ",").map(String.init) ?? []
    }
}

/// Why there is nothing to print.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
