package import NIOCore

/// Runs tasks as jobs of an event loop.
///
/// On the default executor each request hops from its loop to another thread and back, and each hop wakes a thread: on
/// two cores that is most of a small request's cost. A handler's work is short and synchronous, or leaves the loop by
/// itself (password hashing, background reads, the writer).
package final class EventLoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop
    /// Read and written on the loop alone.
    private nonisolated(unsafe) var isStarting = false

    package init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Begins a task within this call and runs it until it first waits. Most never do. Call it on the loop.
    package func start(_ operation: sending @escaping () async -> Void) {
        loop.preconditionInEventLoop()
        isStarting = true
        Task(executorPreference: self, operation: operation)
        isStarting = false
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if loop.inEventLoop, isStarting {
            isStarting = false
            job.runSynchronously(on: asUnownedTaskExecutor())
        } else {
            loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}
