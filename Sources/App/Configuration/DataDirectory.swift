package import Core
import Foundation
import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The directory that holds a server's data: readable by its owner alone, used by one server.
package final class DataDirectory: Sendable {
    /// Who opens a directory, and what for.
    package enum Opening: Sendable {
        /// A server, or a tool that fills a directory: it is made when it is not there, and nobody else has it.
        case making
        /// A tool that adds to what is there: the directory must be there, and nobody else has it.
        case filling
        /// A tool that may run beside a server: the directory must be there.
        case beside
    }

    package let path: String
    /// Held open for as long as this process has the directory; the kernel lets go of it however the process ends.
    private let lock: Int32?

    /// - Parameter file: the database's, by which a directory that is there is known.
    /// - Throws: ``NoPlaza``, ``StorageError/readOnly(path:)``, ``StorageError/inUse(path:)``.
    package init(path: String, file: String, opening: Opening) throws {
        self.path = path
        // Whatever is made in it is for its owner alone.
        umask(0o077)
        // A write beyond the largest file that is allowed fails then, as on a full disk, instead of ending the process.
        signal(SIGXFSZ, SIG_IGN)
        switch opening {
        case .making: try Self.make(path)
        case .filling, .beside:
            guard FileManager.default.fileExists(atPath: path + "/" + file) else { throw NoPlaza(path: path) }
        }
        lock = opening == .beside ? nil : try Self.lock(path)
    }

    deinit {
        if let lock { close(lock) }
    }

    /// There is nothing to work on.
    package struct NoPlaza: Error, CustomStringConvertible {
        package let path: String

        package var description: String { "there is no plaza in \(path): check --data-dir." }
    }

    private static func make(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StorageError.readOnly(path: path)
        }
    }

    private static func lock(_ path: String) throws -> Int32 {
        let descriptor = open(path + "/plaza.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.readOnly(path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StorageError.inUse(path: path)
        }
        return descriptor
    }

    package func file(_ name: String) -> String {
        path + "/" + name
    }

    /// The secret of this directory, made on first use.
    package func secret(random: RandomSource) throws -> [UInt8] {
        let file = file("secret")
        if let stored = FileManager.default.contents(atPath: file), stored.count >= 32 { return Array(stored) }
        let secret = Array(Base64URL.encode(random.bytes(32)).utf8)
        try write(secret, to: "secret")
        return secret
    }

    /// Writes a file that only its owner can read, and that is there after a power cut.
    package func write(_ bytes: [UInt8], to name: String) throws {
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.readOnly(path: path) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw StorageError.diskFull
        }
        // The name is on disk once the directory is.
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw StorageError.readOnly(path: path) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw StorageError.diskFull }
    }
}
