/// Who is to be looked at when: one ring of slots, one step a tick. Adding and removing cost the same however many there
/// are.
struct TimingWheel {
    /// Ticks of a whole turn; what lies further ahead is looked at once a turn and put back.
    static let slotCount = 64

    private var slots = [ContiguousArray<SocketHandler>](repeating: [], count: TimingWheel.slotCount)
    private(set) var tick: UInt32 = 0

    /// Everybody, as it is now.
    var all: [SocketHandler] { slots.flatMap(\.self) }

    /// - Parameter ticks: 1 to 63 from now.
    mutating func add(_ socket: SocketHandler, in ticks: Int) {
        let slot = (Int(tick) + max(1, min(ticks, Self.slotCount - 1))) % Self.slotCount
        socket.wheelPlace = SocketHandler.WheelPlace(slot: UInt8(slot), index: Int32(slots[slot].count))
        slots[slot].append(socket)
    }

    mutating func remove(_ socket: SocketHandler) {
        guard let place = socket.wheelPlace else { return }
        socket.wheelPlace = nil
        let (slot, index) = (Int(place.slot), Int(place.index))
        let last = slots[slot].removeLast()
        guard last !== socket else { return }
        slots[slot][index] = last
        last.wheelPlace = place
    }

    /// - Returns: those whose time has come. They are in the wheel no more.
    mutating func advance() -> ContiguousArray<SocketHandler> {
        tick += 1
        let slot = Int(tick) % Self.slotCount
        let due = slots[slot]
        // A crowd that came in one second leaves no room behind.
        slots[slot] = []
        for socket in due { socket.wheelPlace = nil }
        return due
    }
}
