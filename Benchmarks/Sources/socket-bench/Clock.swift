import Glibc

enum Clock {
    /// Nanoseconds since some instant that does not move.
    static func now() -> Int64 {
        read(CLOCK_MONOTONIC)
    }

    static func seconds(since start: Int64) -> Double {
        Double(now() - start) / 1e9
    }

    /// Processor time that this process has used: a load that is short of it measures itself.
    static func processorSeconds() -> Double {
        Double(read(CLOCK_PROCESS_CPUTIME_ID)) / 1e9
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
