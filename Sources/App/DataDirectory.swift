package import Core
import Foundation
import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The directory that holds a server's data: made on first use, readable by its owner alone, used by one server.
package final class DataDirectory: Sendable {
    package let path: String
    /// Held open for as long as this process has the directory; the kernel lets go of it however the process ends.
    private let lock: Int32?

    /// - Parameter isExclusive: true for a server, and for tools that write behind a server's caches.
    /// - Throws: ``StorageError/readOnly(path:)``, ``StorageError/inUse(path:)``.
    package init(path: String, isExclusive: Bool) throws {
        self.path = path
        // Whatever is made in it is for its owner alone.
        umask(0o077)
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StorageError.readOnly(path: path)
        }
        guard isExclusive else {
            lock = nil
            return
        }
        let descriptor = open(path + "/plaza.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.readOnly(path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StorageError.inUse(path: path)
        }
        lock = descriptor
    }

    deinit {
        if let lock { close(lock) }
    }

    package func file(_ name: String) -> String {
        name.hasPrefix("/") ? name : path + "/" + name
    }

    /// The secret of this directory, made on first use.
    package func secret(random: RandomSource) throws -> [UInt8] {
        let file = file("secret")
        if let stored = FileManager.default.contents(atPath: file), stored.count >= 32 { return Array(stored) }
        let secret = Array(Base64URL.encode(random.bytes(32)).utf8)
        try write(secret, to: "secret")
        return secret
    }

    /// Writes a file that only its owner can read.
    package func write(_ bytes: [UInt8], to name: String) throws {
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.readOnly(path: path) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw StorageError.diskFull
        }
    }
}
