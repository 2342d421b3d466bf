import Core
import Testing

@Suite struct CursorTests {
    private let sealer = CursorSealer(key: [UInt8](repeating: 1, count: 32))

    @Test func opensWhatItSealed() throws {
        let cursor = sealer.seal([.max, -5], filter: "home:acc_1")
        #expect(try sealer.open(cursor, fields: 2, filter: "home:acc_1") == [.max, -5])
    }

    @Test func refusesAnotherListAnotherKeyAndEveryChangedCharacter() {
        let cursor = sealer.seal([42], filter: "explore")
        #expect(throws: CursorError.invalid) { try sealer.open(cursor, fields: 1, filter: "home") }
        #expect(throws: CursorError.invalid) { try sealer.open(cursor, fields: 2, filter: "explore") }
        let other = CursorSealer(key: [UInt8](repeating: 2, count: 32))
        #expect(throws: CursorError.invalid) { try other.open(cursor, fields: 1, filter: "explore") }
        for index in cursor.indices {
            var changed = cursor
            changed.replaceSubrange(index...index, with: cursor[index] == "A" ? "B" : "A")
            #expect(throws: CursorError.invalid) { try sealer.open(changed, fields: 1, filter: "explore") }
        }
        for torn in ["", "A", "not base64!", String(cursor.dropLast()), cursor + "AAAA"] {
            #expect(throws: CursorError.invalid) { try sealer.open(torn, fields: 1, filter: "explore") }
        }
    }
}
