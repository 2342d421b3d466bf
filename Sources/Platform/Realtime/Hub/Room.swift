// Collections keep room for the most that they ever held, and a crowd comes to each of the hub's. What is left moves when
// it is less than an eighth of that: O(1) for each that goes.

/// Room that is not worth giving back: one or two kilobytes.
private let smallRoom = 32

extension Dictionary {
    /// Gives back the room that a crowd has left. Call it when something has gone.
    mutating func giveBackRoom() {
        guard capacity > smallRoom, count < capacity / 8 else { return }
        self = Dictionary(uniqueKeysWithValues: map { ($0.key, $0.value) })
    }
}

extension ContiguousArray {
    /// Gives back the room that a crowd has left. Call it when something has gone.
    mutating func giveBackRoom() {
        guard capacity > smallRoom, count < capacity / 8 else { return }
        self = withUnsafeBufferPointer { ContiguousArray($0) }
    }
}
