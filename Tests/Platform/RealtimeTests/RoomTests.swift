import Testing

@testable import Realtime

@Suite struct RoomTests {
    @Test func aTableKeepsNoRoomForACrowdThatHasGone() {
        var table = Dictionary(uniqueKeysWithValues: (0..<10_000).map { ($0, "\($0)") })
        var moves = 0
        for number in 0..<9_990 {
            table[number] = nil
            let before = table.capacity
            table.giveBackRoom()
            if table.capacity != before { moves += 1 }
        }
        #expect(table == Dictionary(uniqueKeysWithValues: (9_990..<10_000).map { ($0, "\($0)") }))
        #expect(table.capacity < 200)
        #expect(moves < 10, "each move is paid for by those who went before it")
    }

    @Test func aListKeepsNoRoomEither() {
        var list = ContiguousArray(0..<10_000)
        while list.count > 10 {
            list.removeLast()
            list.giveBackRoom()
        }
        #expect(list == ContiguousArray(0..<10))
        #expect(list.capacity < 200)
    }

    /// Once when they have been gone for some seconds, and again when what outlives them has gone too.
    @Test func memoryIsGivenBackTwiceAfterACrowd() {
        var memory = FreedMemory()
        var given: [Int] = []
        for tick in 0..<400 where memory.look(at: tick < 10 ? 19_000 : 64, lingerTicks: 60) { given.append(tick) }
        #expect(given.count == 2)
        #expect((given.first ?? 0) < 20)
        #expect((given.last ?? 0) >= 10 + 60 + HubShard.count)
        for tick in 400..<800 where memory.look(at: 64 + tick % 2, lingerTicks: 60) { given.append(tick) }
        #expect(given.count == 2, "a few who come and go are no crowd")
    }

    @Test func exchangingWhatTheAllocatorKeepsHarmsNothing() {
        let kept = (0..<100).map { [UInt8](repeating: UInt8($0), count: $0 * 10) }
        for _ in 0..<10 { ThreadCache.exchange() }
        for (number, bytes) in kept.enumerated() {
            #expect(bytes == [UInt8](repeating: UInt8(number), count: number * 10))
        }
    }

    @Test func aSmallTableStaysAsItIs() {
        var table = Dictionary(uniqueKeysWithValues: (0..<20).map { ($0, $0) })
        let before = table.capacity
        for number in 0..<20 {
            table[number] = nil
            table.giveBackRoom()
        }
        #expect(table.capacity == before)
    }
}
