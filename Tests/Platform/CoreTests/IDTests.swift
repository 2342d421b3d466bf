import Core
import PlazaTesting
import Testing

@Suite struct IDTests {
    @Test func outsideFormComesBackAndSortsAsTheNumber() {
        let numbers: [Int64] = [0, 1, 31, 32, 1 << 40, .max - 1, .max]
        let texts = numbers.map { ID<Account>(rawValue: $0).description }
        #expect(texts.compactMap { ID<Account>($0)?.rawValue } == numbers)
        #expect(texts == texts.sorted())
        #expect(texts[1] == "acc_0000000000001")
    }

    @Test func everyDigitReadsInBothCasesAndLookAlikesAreForgiven() {
        for (value, digit) in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".enumerated() {
            for form in [String(digit), digit.lowercased()] {
                #expect(ID<Account>("acc_000000000000\(form)")?.rawValue == Int64(value))
            }
        }
        for (form, value) in [("o", 0), ("O", 0), ("i", 1), ("I", 1), ("l", 1), ("L", 1)] {
            #expect(ID<Account>("acc_000000000000\(form)")?.rawValue == Int64(value))
        }
        for byte in 0..<UInt8(128)
        where !Character(Unicode.Scalar(byte)).isLetter && !Character(Unicode.Scalar(byte)).isNumber {
            #expect(ID<Account>("acc_000000000000\(Character(Unicode.Scalar(byte)))") == nil)
        }
    }

    @Test(arguments: [
        "", "acc_", "acc_000000000000", "acc_00000000000000", "ses_0000000000001", "acc-0000000000001",
        "acc_000000000000U", "acc_ZZZZZZZZZZZZZ", "acc_00000000000é", "ACC_0000000000001",
    ])
    func anythingElseIsRefused(text: String) {
        #expect(ID<Account>(text) == nil)
    }

    @Test func idsGrowWhateverTheClockDoes() {
        let clock = ManualClock()
        let ids = IDGenerator(node: 7, clock: clock.wall)
        var last = ids.next(Account.self)
        for step in 0..<10_000 {
            if step % 1_000 == 500 { clock.advance(seconds: step % 2_000 == 500 ? -60 : 30) }
            let next = ids.next(Account.self)
            #expect(next > last)
            last = next
        }
    }

    @Test func timeIsWrittenAsRFC3339() {
        #expect(Timestamp(microseconds: 0).description == "1970-01-01T00:00:00.000Z")
        #expect(Timestamp(microseconds: 951_827_696_789_000).description == "2000-02-29T12:34:56.789Z")
        #expect(Timestamp(microseconds: 1_767_225_599_999_999).description == "2025-12-31T23:59:59.999Z")
        #expect(Timestamp(microseconds: -1).description == "1969-12-31T23:59:59.999Z")
    }
}
