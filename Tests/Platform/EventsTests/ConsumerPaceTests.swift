import Testing

@testable import Events

@Suite struct ConsumerPaceTests {
    @Test func aBatchIsTakenApartAfterItsLastAttempt() {
        var pace = ConsumerPace.batches(failures: 0)
        #expect(pace.failed(upTo: 10) == .retry(afterFailures: 1))
        #expect(pace.failed(upTo: 10) == .retry(afterFailures: 2))
        #expect(pace.limit(batchMax: 50) == 50)
        #expect(pace.failed(upTo: 10) == .retry(afterFailures: 3))
        #expect(pace == .single(until: 10))
        #expect(pace.limit(batchMax: 50) == 1)
    }

    @Test func successEndsTheCounting() {
        var pace = ConsumerPace.batches(failures: 2)
        pace.succeeded(upTo: 5)
        #expect(pace == .batches(failures: 0))
    }

    @Test func singleStepsEndWithTheBatch() {
        var pace = ConsumerPace.single(until: 10)
        pace.succeeded(upTo: 8)
        #expect(pace == .single(until: 10))
        #expect(pace.failed(upTo: 9) == .setAside)
        #expect(pace == .single(until: 10))
        #expect(pace.failed(upTo: 10) == .setAside)
        #expect(pace == .batches(failures: 0))
    }
}
