import Core
import Testing

@testable import Social

@Suite struct ScoreTests {
    private struct Happening {
        let post: Int
        let weight: Double
        let time: Timestamp
    }

    private static let start = Timestamp(microseconds: 1_767_225_600_000_000)

    /// Scores order posts as sums do whose every part halves once a day, at whatever time one looks.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func orderIsThatOfSumsThatFade(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let posts = 12
        let happenings = (0..<400).map { _ in
            Happening(
                post: Int.random(in: 0..<posts, using: &random),
                weight: [1, 2, 4, 6, 8].randomElement(using: &random) ?? 1,
                time: Self.start.advanced(bySeconds: Int64.random(in: 0...(14 * 86_400), using: &random)))
        }.sorted { $0.time < $1.time }

        var scores = Array(repeating: Score(publishedAt: Self.start), count: posts)
        for happening in happenings {
            scores[happening.post] = scores[happening.post].adding(weight: happening.weight, at: happening.time)
        }
        for day in [14, 21, 400] as [Int64] {
            let now = Self.start.advanced(bySeconds: day * 86_400)
            let sums = (0..<posts).map { post in
                happenings.filter { $0.post == post }
                    .reduce(Self.worth(of: 1, since: Self.start, at: now)) { sum, happening in
                        sum + Self.worth(of: happening.weight, since: happening.time, at: now)
                    }
            }
            for post in 0..<posts {
                #expect(abs(scores[post].value(at: now) / sums[post] - 1) < 0.000_1, "seed \(seed)")
                for other in 0..<posts where sums[post] > sums[other] * 1.000_1 {
                    #expect(scores[post] > scores[other], "seed \(seed)")
                }
            }
        }
    }

    /// Halved for every day that has passed, without logarithms.
    private static func worth(of weight: Double, since time: Timestamp, at now: Timestamp) -> Double {
        let seconds = (now.microseconds - time.microseconds) / 1_000_000
        var worth = weight
        for _ in 0..<(seconds / 86_400) { worth /= 2 }
        let rest = Double(seconds % 86_400) / 86_400
        // 2^−x by its series: x is below one.
        var (factor, term) = (1.0, 1.0)
        for power in 1...20 {
            term *= -rest * 0.693_147_180_559_945 / Double(power)
            factor += term
        }
        return worth * factor
    }

    @Test func onePublicationIsWorthOneAndHalfADayLater() {
        let score = Score(publishedAt: Self.start)
        #expect(abs(score.value(at: Self.start) - 1) < 0.000_01)
        #expect(abs(score.value(at: Self.start.advanced(bySeconds: 86_400)) - 0.5) < 0.000_01)
    }

    @Test func togetherOrOneByOneIsTheSame() {
        let score = Score(publishedAt: Self.start)
        let now = Self.start.advanced(bySeconds: 1_000)
        let oneByOne = (0..<200).reduce(score) { score, _ in score.adding(weight: 4, at: now) }
        #expect(abs(oneByOne.stored - score.adding(weight: 800, at: now).stored) <= 200)
    }

    @Test func nothingAddsNothingAndNoEventLowers() {
        var random = SplitMix64(seed: 3)
        var score = Score(publishedAt: Self.start)
        for _ in 0..<500 {
            // Also events that arrive late.
            let time = Self.start.advanced(bySeconds: Int64.random(in: -86_400...900_000, using: &random))
            let next = score.adding(weight: Double.random(in: 0...10, using: &random), at: time)
            #expect(next >= score)
            #expect(next.adding(weight: 0, at: time) == next)
            score = next
        }
    }
}
