import Core

/// Who did something, the newest first, each once; and how many there were.
struct ActorList: Sendable, Equatable {
    private(set) var newest: [ID<Account>] = []
    private(set) var count: Int64 = 0

    init() {}

    /// - Parameter bytes: eight of each id, the high one first.
    init(bytes: [UInt8], count: Int64) {
        newest = stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
            ID(rawValue: bytes[start..<start + 8].reduce(0) { $0 << 8 | Int64($1) })
        }
        self.count = count
    }

    var bytes: [UInt8] {
        newest.flatMap { id in withUnsafeBytes(of: id.rawValue.bigEndian) { Array($0) } }
    }

    /// Those who are named.
    var shown: ArraySlice<ID<Account>> { newest.prefix(NotificationLimits.actorsShown) }

    /// - Returns: whether they were among those who are remembered.
    mutating func remove(_ actor: ID<Account>) -> Bool {
        guard let known = newest.firstIndex(of: actor) else { return false }
        newest.remove(at: known)
        count -= 1
        // Of few, all are remembered: who was forgotten among many is not counted once there are few again.
        if count < NotificationLimits.actorsMax { count = Int64(newest.count) }
        return true
    }

    mutating func add(_ actor: ID<Account>) {
        if let known = newest.firstIndex(of: actor) { newest.remove(at: known) } else { count += 1 }
        newest.insert(actor, at: 0)
        if newest.count > NotificationLimits.actorsMax { newest.removeLast() }
    }
}
