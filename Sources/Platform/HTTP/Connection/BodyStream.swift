import NIOCore

/// The parts of a body that did not come together with its head, as they arrive.
struct BodyStream: AsyncSequence, Sendable {
    typealias Parts = NIOThrowingAsyncSequenceProducer<
        ByteBuffer, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Delegate
    >

    private let parts: Parts
    private let onFirstDemand: @Sendable () -> Void

    /// - Parameters:
    ///   - onFirstDemand: called when somebody begins to read.
    ///   - onDemand: called when there is room again after ``Parts/Source/yield(_:)`` said to stop. On any thread.
    static func make(
        onFirstDemand: @escaping @Sendable () -> Void, onDemand: @escaping @Sendable () -> Void
    ) -> (stream: BodyStream, source: Parts.Source) {
        let producer = NIOThrowingAsyncSequenceProducer.makeSequence(
            elementType: ByteBuffer.self, failureType: (any Error).self,
            backPressureStrategy: NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark(
                lowWatermark: 1, highWatermark: 4),
            finishOnDeinit: true, delegate: Delegate(onDemand: onDemand))
        return (BodyStream(parts: producer.sequence, onFirstDemand: onFirstDemand), producer.source)
    }

    func makeAsyncIterator() -> Parts.AsyncIterator {
        onFirstDemand()
        return parts.makeAsyncIterator()
    }

    struct Delegate: NIOAsyncSequenceProducerDelegate {
        let onDemand: @Sendable () -> Void

        func produceMore() { onDemand() }
        func didTerminate() { onDemand() }
    }
}
