package import Core

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension MetricRegistry {
    /// Memory, files and processor time of this process, read at each scrape. Call it once, as the process starts.
    package func registerProcess(clock: WallClock) {
        let startedAt = clock.now()
        gauge(
            "process_start_time_seconds",
            help: "When the process started, in seconds since 1970. A jump is a restart: look for why in the log."
        ) { Double(startedAt.microseconds / 1_000_000) }
        counter(
            "process_cpu_seconds_total",
            help: "Processor time used. Near one second per second and core: add instances or find what got dearer."
        ) { ProcessReading.processorSeconds() }
        gauge(
            "process_resident_memory_bytes",
            help: "Memory held. Should be flat under steady load; steady growth is a leak: compare with connections."
        ) { Double(ProcessReading.residentBytes()) }
        gauge(
            "process_open_fds",
            help: "Files and sockets open. Near process_max_fds connections are refused: raise the limit."
        ) { Double(ProcessReading.openFiles()) }
        gauge(
            "process_max_fds",
            help: "Files and sockets that may be open. Raise it with ulimit -n or LimitNOFILE."
        ) { Double(ProcessReading.openFilesMax()) }
    }
}

/// What the kernel knows about this process. Zero where it does not say.
enum ProcessReading {
    static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The second number of `/proc/self/statm` is resident pages.
    static func residentBytes() -> Int {
        let descriptor = open("/proc/self/statm", O_RDONLY)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        let text = withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        let numbers = text.split(separator: " ")
        guard numbers.count > 1, let pages = Int(numbers[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    static func openFiles() -> Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without ".", ".." and the directory itself.
        return max(0, count - 3)
    }

    static func openFilesMax() -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
            let answer = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
            let answer = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        return answer == 0 ? Int(clamping: limit.rlim_cur) : 0
    }
}
