import Core

/// What the keys of a file stand for, as far as memory goes: two generations, of which the older is forgotten when the
/// younger is full. So what is in use stays, whatever the size of the file.
struct ImportKeyCache<Value: Sendable> {
    private let generationMax: Int
    private var young: [String: Value] = [:]
    private var old: [String: Value] = [:]

    /// Some 60 bytes a key: 30 MiB.
    init(keysMax: Int = 500_000) {
        generationMax = keysMax / 2
    }

    mutating func value(for key: String) -> Value? {
        if let value = young[key] { return value }
        guard let value = old[key] else { return nil }
        keep(value, for: key)
        return value
    }

    mutating func keep(_ value: Value, for key: String) {
        if young.count >= generationMax {
            old = young
            young = [:]
        }
        young[key] = value
    }
}

/// The different keys of one batch, each with a number, in the order of the file.
struct ImportKeys<Value: Sendable>: Sendable {
    private(set) var keys: [String] = []
    /// What each stands for; nil is not known yet.
    private(set) var values: [Value?] = []
    private var numbers: [String: Int32] = [:]

    /// The number of a key, which is looked up in `cache` when it is new to the batch; nil when it is new to both and
    /// not valid.
    mutating func number(
        of key: String, _ cache: inout ImportKeyCache<Value>, isValid: (String) -> Bool
    ) -> Int32? {
        if let number = numbers[key] { return number }
        let value = cache.value(for: key)
        guard value != nil || isValid(key) else { return nil }
        let number = Int32(keys.count)
        numbers[key] = number
        keys.append(key)
        values.append(value)
        return number
    }

    /// Numbers of the keys that stand for nothing yet.
    var unknown: [Int] {
        values.indices.filter { values[$0] == nil }
    }

    mutating func set(_ value: Value, for number: Int) {
        values[number] = value
    }

    subscript(number: Int32) -> Value? {
        values[Int(number)]
    }
}
