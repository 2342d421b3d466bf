import Foundation
import Glibc

/// What a running command may use from now on.
extension RunningCommand {
    struct NotLimited: Error {}

    /// Nothing is written to a file beyond `bytes`: a write that reaches there is torn.
    ///
    /// The signal that goes with it is blocked on the writer's thread, as on all of Dispatch's.
    func limitFiles(to bytes: Int) throws {
        try limit(1, to: bytes)  // RLIMIT_FSIZE
    }

    /// No file or connection is opened beyond `count`.
    func limitOpenFiles(to count: Int) throws {
        try limit(7, to: count)  // RLIMIT_NOFILE
    }

    /// Files and connections that it has open.
    var openFileCount: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").count }
    }

    private func limit(_ resource: Int32, to value: Int) throws {
        typealias Limit = @convention(c) (pid_t, Int32, UnsafePointer<rlimit>?, UnsafeMutablePointer<rlimit>?) -> Int32
        let change = try GNU.function("prlimit", Limit.self)
        var limit = rlimit()
        guard change(id, resource, nil, &limit) == 0 else { throw NotLimited() }
        limit.rlim_cur = rlim_t(value)
        guard change(id, resource, &limit, nil) == 0 else { throw NotLimited() }
    }
}

/// Glibc has some functions only for those who ask for GNU's own, which Swift's import does not.
enum GNU {
    struct Missing: Error {
        let name: String
    }

    static func function<Function>(_ name: String, _ type: Function.Type) throws -> Function {
        guard let symbol = dlsym(dlopen(nil, RTLD_NOW), name) else { throw Missing(name: name) }
        return unsafeBitCast(symbol, to: type)
    }
}
