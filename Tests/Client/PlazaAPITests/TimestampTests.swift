import PlazaAPI
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("2026-03-01T12:00:00.000Z", 1_772_366_400_000_000),
            ("2000-02-29T23:59:59.999Z", 951_868_799_999_000), ("1969-12-31T23:59:59.500Z", -500_000),
        ] as [(String, Int64)])
    func aTimeIsReadAndWritten(text: String, microseconds: Int64) {
        #expect(Timestamp(text)?.microsecondsSince1970 == microseconds)
        #expect(Timestamp(microsecondsSince1970: microseconds).description == text)
    }

    @Test func everyDayOfFourCenturiesComesBack() {
        for day in stride(from: Int64(-73_000), to: 73_100, by: 1) {
            let time = Timestamp(microsecondsSince1970: day * 86_400_000_000 + 1_000)
            #expect(Timestamp(time.description) == time)
        }
    }

    @Test(arguments: [
        "", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01T12:00:00+01:00", "2026-13-01T12:00:00Z",
        "2026-03-01T25:00:00Z", "2026-03-01T12:00:00.Zx", "２026-03-01T12:00:00Z",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(Timestamp(text) == nil)
    }
}
