import Foundation

/// The processes that are measured: those given, and their children.
struct ServerProcess {
    private let pids: [Int]

    init(_ options: Options) throws {
        pids = options.list("pids").compactMap { Int($0) }
    }

    /// Memory that the processes have written for themselves (`Pss_Anon` and `Pss_Shmem` of smaps_rollup: heap, stacks and
    /// what they share, without the program's own pages), and all that is resident (`Rss`).
    func memory() -> Memory {
        var (user, resident) = (0, 0)
        for pid in family {
            for line in Self.read("/proc/\(pid)/smaps_rollup").split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count == 3, let kib = Int(words[1]) else { continue }
                switch words[0] {
                case "Pss_Anon:", "Pss_Shmem:": user += kib
                case "Rss:": resident += kib
                default: break
                }
            }
        }
        return Memory(userKib: user, residentKib: resident)
    }

    /// Processor time of all threads, in user and kernel.
    func processorSeconds() -> Double {
        let ticks = family.reduce(0) { sum, pid in
            // The command's name, in parentheses, may hold spaces.
            let fields = Self.read("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
            return sum + (fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0)
        }
        return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private var family: [Int] {
        var all = pids
        var next = 0
        while next < all.count {
            let children = Self.read("/proc/\(all[next])/task/\(all[next])/children")
            all += children.split(separator: " ").compactMap { Int($0) }
            next += 1
        }
        return all
    }

    private static func read(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}

struct Memory: Encodable {
    let userKib: Int
    let residentKib: Int
}
