import Core
import Jobs
import PlazaTesting
import ServiceLifecycle
import ServiceLifecycleTestKit
import Storage
import Synchronization
import Testing

@Suite struct JobWorkerTests {
    @Test func everyJobRunsOnceAndIsGone() async throws {
        try await withJobs { jobs in
            let notebook = Notebook()
            let names = (0..<500).map { "n\($0)" }
            try await jobs.run(notebook.handlers()) { worker in
                for name in names { try await jobs.enqueue(name) }
                try await worker.idle()
            }
            #expect(notebook.names.sorted() == names.sorted())
            #expect(try await jobs.summary().lines.isEmpty)
            #expect(jobs.metricsText.contains("plaza_jobs_completed_total{kind=\"test.note\"} 500\n"))
            #expect(jobs.metricsText.contains("plaza_jobs_duration_seconds_count{kind=\"test.note\"} 500\n"))
        }
    }

    @Test func twoWorkersNeverRunTheSameJob() async throws {
        try await withJobs { jobs in
            let notebook = Notebook()
            let names = (0..<400).map { "n\($0)" }
            let other = jobs.worker(notebook.handlers())
            try await jobs.run(notebook.handlers()) { worker in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await other.run() }
                    for name in names { try await jobs.enqueue(name) }
                    try await worker.idle()
                    group.cancelAll()
                }
            }
            #expect(notebook.names.sorted() == names.sorted())
        }
    }

    @Test func noMoreRunAtOnceThanAllowed() async throws {
        try await withJobs { jobs in
            let running = Atomic<Int>(0)
            let most = Mutex(0)
            let notebook = Notebook()
            let handlers = notebook.handlers { _, _ in
                let now = running.add(1, ordering: .relaxed).newValue
                most.withLock { $0 = max($0, now) }
                await Task.yield()
                running.subtract(1, ordering: .relaxed)
            }
            for name in 0..<50 { try await jobs.enqueue("\(name)") }
            try await jobs.run(handlers, concurrencyMax: 3)
            #expect(notebook.names.count == 50)
            #expect((1...3).contains(most.withLock { $0 }))
        }
    }

    @Test func aJobForLaterWaitsForItsTime() async throws {
        try await withJobs { jobs in
            let notebook = Notebook()
            try await jobs.enqueue("later", afterSeconds: 3_600)
            try await jobs.enqueue("now")
            try await jobs.run(notebook.handlers()) { worker in
                try await worker.idle()
                #expect(notebook.names == ["now"])
                jobs.clock.advance(seconds: 3_600)
                try await worker.idle()
                #expect(notebook.names == ["now", "later"])
            }
        }
    }

    @Test func aPoisonJobDiesAndRunsAgainWhenRetried() async throws {
        try await withJobs { jobs in
            let notebook = Notebook()
            let isBroken = Atomic(true)
            let handlers = notebook.handlers { _, _ in
                if isBroken.load(ordering: .relaxed) { throw Refusal() }
            }
            try await jobs.enqueue("poison", attemptsMax: 3)
            try await jobs.run(handlers) { worker in
                for _ in 0..<3 {
                    try await worker.idle()
                    jobs.clock.advance(seconds: 10)
                }
                #expect(notebook.names.count == 3)
                #expect(try await jobs.summary().count(.dead) == 1)
                #expect(jobs.metricsText.contains("plaza_jobs_failed_total{kind=\"test.note\"} 3\n"))
                #expect(jobs.metricsText.contains("plaza_jobs_dead_total{kind=\"test.note\"} 1\n"))

                isBroken.store(false, ordering: .relaxed)
                let letters = DeadLetters(queue: jobs.queue)
                let retried = try await jobs.database.write { tx in try letters.retryAll(in: tx).retried }
                #expect(retried == 1)
                try await worker.idle()
                #expect(notebook.names.count == 4)
                #expect(try await jobs.summary().lines.isEmpty)
            }
        }
    }

    @Test func whatCanNeverSucceedDiesAtOnce() async throws {
        try await withJobs { jobs in
            let handlers = Notebook().handlers { _, _ in throw PermanentJobFailure("no such post") }
            try await jobs.enqueue("a")
            try await jobs.run(handlers)
            let dead = try await jobs.database.read { db in try DeadLetters.page(limit: 10, in: db) }
            #expect(dead.map(\.error) == ["no such post"])
            #expect(dead.map(\.attempts) == [1])
        }
    }

    @Test func aJobWithoutHandlerWaitsForOne() async throws {
        try await withJobs { jobs in
            try await jobs.enqueue("a")
            try await jobs.run(JobHandlers())
            #expect(try await jobs.summary().count(.ready) == 1)
        }
    }

    @Test func aRunPastItsTimeoutIsCancelledAndRetried() async throws {
        try await withJobs { jobs in
            let notebook = Notebook()
            let handlers = notebook.handlers(timeoutSeconds: 0) { _, context in
                if context.attempt == 1 { try await Task.sleep(for: .seconds(3_600)) }
            }
            try await jobs.enqueue("slow")
            try await jobs.run(handlers) { worker in
                try await worker.idle()
                jobs.clock.advance(seconds: 10)
                try await worker.idle()
            }
            #expect(notebook.names == ["slow", "slow"])
        }
    }

    @Test func aLostLeaseCancelsTheRun() async throws {
        try await withJobs { jobs in
            let (started, cancelled) = (WakeSignal(), WakeSignal())
            let handlers = Notebook().handlers { note, context in
                guard note.name == "held", context.attempt == 1 else { return }
                started.raise()
                await WakeSignal().wait(past: 0)
                cancelled.raise()
                throw CancellationError()
            }
            try await jobs.enqueue("held")
            try await jobs.run(handlers) { _ in
                await started.wait(past: 0)
                // As if this instance slept through its lease and another took the job, until the worker has noticed.
                while cancelled.generation == 0 {
                    jobs.clock.advance(seconds: JobFixture.leaseSeconds)
                    _ = try await jobs.claim()
                    try await jobs.enqueue("nudge")
                    await cancelled.wait(past: 0, for: .milliseconds(20))
                }
            }
        }
    }

    // MARK: Stopping

    @Test func gracefulStopWaitsForRunsAndClaimsNoMore() async throws {
        try await withJobs { jobs in
            let (notebook, started, go) = (Notebook(), WakeSignal(), WakeSignal())
            let handlers = notebook.handlers { _, _ in
                started.raise()
                await go.wait(past: 0)
            }
            let worker = jobs.worker(handlers, concurrencyMax: 1)
            try await jobs.enqueue("running", "waiting")
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await worker.run() }
                    await started.wait(past: 0)
                    trigger.triggerGracefulShutdown()
                    go.raise()
                    try await group.waitForAll()
                }
            }
            #expect(notebook.names == ["running"])
            #expect(try await jobs.claim().map(\.name) == ["waiting"])
        }
    }

    @Test(arguments: [true, false])
    func aStopGivesBackWhatStillRuns(isGraceful: Bool) async throws {
        try await withJobs { jobs in
            let started = WakeSignal()
            let handlers = Notebook().handlers { _, _ in
                started.raise()
                try await Task.sleep(for: .seconds(3_600))
            }
            let worker = jobs.worker(handlers, stopGraceSeconds: 0)
            try await jobs.enqueue("a", attemptsMax: 1)
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await worker.run() }
                    await started.wait(past: 0)
                    if isGraceful { trigger.triggerGracefulShutdown() } else { group.cancelAll() }
                    try await group.waitForAll()
                }
            }
            let again = try #require(try await jobs.claim().first)
            #expect(again.lease.attempt == 2)
            #expect(again.attemptsLeft == 0, "the run that was cut off does not count")
        }
    }

    @Test func schedulesAreRun() async throws {
        try await withJobs { jobs in
            let (notebook, ran) = (Notebook(), WakeSignal())
            let handlers = notebook.handlers { _, _ in ran.raise() }
            let hourly = JobSchedule("test.hourly", try CronExpression("0 * * * *"), job: Note("hourly"))
            try await jobs.run(handlers, schedules: [hourly]) { worker in
                // Once a job has run, the worker has registered its schedules.
                try await jobs.enqueue("first")
                try await worker.idle()
                jobs.clock.advance(seconds: 3_600)
                try await worker.idle()
                await ran.wait(past: 1)
            }
            #expect(notebook.names == ["first", "hourly"])
        }
    }
}
