import EventLoops
import HTTPTypes
import NIOCore
import NIOHTTP1

/// How a connection becomes something else.
extension HTTPConnection {
    func open(_ upgrade: any ConnectionUpgrade, _ head: HTTPRequestHead, address: String) {
        let connection = NIOLoopBound(self, eventLoop: wire.eventLoop)
        loop.executor.start {
            do {
                let upgraded = try await upgrade.open(head, from: address)
                connection.value.become(upgraded)
            } catch {
                connection.value.refuse(Problem(error))
            }
        }
    }

    /// Answers, and leaves the pipeline with the decoder, which hands on the bytes that it has not taken.
    private func become(_ upgraded: UpgradedConnection) {
        // Who has said their last has nothing to say to whoever takes over.
        guard !isClosing, !isInputClosed, let context else {
            upgraded.abandon()
            return close()
        }
        if let refusal {
            upgraded.abandon()
            return refuse(refusal)
        }
        guard !isFinishing, let handler = upgraded.makeHandler(wire.eventLoop) else {
            upgraded.abandon()
            return refuse(.shuttingDown)
        }
        wire.write(NIOAny(upgraded.head), promise: nil)
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(handler)
        } catch {
            upgraded.abandon()
            return close()
        }
        readWhatIsOwed()
        pipeline.removeHandler(context: context, promise: nil)
        pipeline.removeHandler(context: wire, promise: nil)
    }
}
