import Core
import Testing

@Suite struct WakeSignalTests {
    @Test func whatWasRaisedBeforeTheWaitIsNotLost() async {
        let signal = WakeSignal()
        let seen = signal.generation
        signal.raise()
        await signal.wait(past: seen)
        #expect(signal.generation == seen + 1)
    }

    @Test func everyWaiterIsWoken() async {
        let signal = WakeSignal()
        let woken = await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { await signal.wait(past: 0) } }
            signal.raise()
            return await group.reduce(into: 0) { count, _ in count += 1 }
        }
        #expect(woken == 20)
    }

    @Test func cancellationEndsTheWait() async {
        let signal = WakeSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await signal.wait(past: 0) }
            group.addTask { await signal.wait(past: 0, for: .seconds(3_600)) }
            group.cancelAll()
        }
        #expect(signal.generation == 0)
    }

    @Test func aWaitForAWhileEndsByItself() async {
        let signal = WakeSignal()
        await signal.wait(past: 0, for: .milliseconds(1))
        #expect(signal.generation == 0)
    }
}
