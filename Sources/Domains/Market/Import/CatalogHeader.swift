import CSV

/// The names of a file's columns, found by the spellings that shops and their programs use.
struct CatalogHeader: Sendable {
    let names: [String]
    private var places: [String: Int] = [:]
    private var repeated: Set<String> = []
    /// Columns that somebody reads.
    private var taken: Set<Int> = []
    private let line: Int

    init(_ names: [String], line: Int = 1) {
        self.names = names
        self.line = line
        for (index, name) in names.enumerated() {
            let name = Self.normalized(name)
            guard !name.isEmpty else { continue }
            if places[name] == nil { places[name] = index } else { repeated.insert(name) }
        }
    }

    /// Letters and digits alone: `Option1 Name`, `option 1 name` and `OPTION1_NAME` are one.
    private static func normalized(_ name: String) -> String {
        String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    }

    func has(_ spellings: [String]) -> Bool {
        spellings.contains { places[Self.normalized($0)] != nil }
    }

    /// The first spelling that the file has.
    /// - Throws: `CSVError` with `repeatedColumn`: nobody knows which of the two is meant.
    mutating func find(_ spellings: [String]) throws(CSVError) -> Int? {
        for spelling in spellings {
            let name = Self.normalized(spelling)
            guard let place = places[name] else { continue }
            if repeated.contains(name) { throw CSVError(.repeatedColumn, line: line, column: names[place]) }
            taken.insert(place)
            return place
        }
        return nil
    }

    /// - Throws: `CSVError` with `missingColumn` or `repeatedColumn`.
    mutating func need(_ spellings: [String]) throws(CSVError) -> Int {
        if let found = try find(spellings) { return found }
        throw CSVError(.missingColumn, line: line, column: spellings[0])
    }

    /// Columns with a name like `Image1`, `Image2`, … in the order of their numbers.
    mutating func numbered(_ stem: String, upTo count: Int, _ rest: String = "") throws(CSVError) -> [Int] {
        var found: [Int] = []
        for number in 1...count {
            if let place = try find(["\(stem)\(number)\(rest)"]) { found.append(place) }
        }
        return found
    }

    /// The place of the only column that begins so, with its whole name: `Weight (kg)`.
    mutating func find(prefix: String) -> Int? {
        guard let place = names.firstIndex(where: { Self.normalized($0).hasPrefix(Self.normalized(prefix)) }) else {
            return nil
        }
        taken.insert(place)
        return place
    }

    /// Names of columns that nobody reads, each once.
    var passedOver: [String] {
        var seen: Set<String> = []
        return names.enumerated().compactMap { index, name in
            let name = name.trimmed
            return !taken.contains(index) && !name.isEmpty && seen.insert(name).inserted ? name : nil
        }
    }
}
