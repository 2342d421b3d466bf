import Core
import Glibc
import HTTP
import NIOCore
import NIOPosix
import Storage

/// Files that wait to be imported, in a directory of their own.
///
/// A file is on disk before its import is in the database, so an import that was accepted always has its file. One
/// whose import never came to be, because the server died in between, is removed a day later.
struct ImportSpool: Sendable {
    /// A million products are some hundred megabytes.
    static let bytesMax = 2 * 1_024 * 1_024 * 1_024
    private static let abandonedSeconds: Int64 = 86_400

    let directory: String

    func path(of id: ID<CatalogImport>) -> String {
        "\(directory)/\(id).csv"
    }

    /// Writes what a client sends. When it breaks off, nothing remains.
    /// - Returns: the number of bytes.
    func write(_ upload: UploadStream, for id: ID<CatalogImport>) async throws -> Int64 {
        let path = path(of: id)
        let descriptor = try await onDisk { try create(path) }
        do {
            var count: Int64 = 0
            for try await part in upload {
                count += Int64(part.readableBytes)
                try await onDisk { try append(part, to: descriptor) }
            }
            try await onDisk { try sync(descriptor) }
            _ = close(descriptor)
            return count
        } catch {
            _ = close(descriptor)
            _ = unlink(path)
            throw error
        }
    }

    func remove(_ id: ID<CatalogImport>) {
        unlink(path(of: id))
    }

    /// Imports that have a file, and have had it for long.
    func abandoned(at now: Timestamp) -> [ID<CatalogImport>] {
        guard let listing = opendir(directory) else { return [] }
        defer { closedir(listing) }
        var found: [ID<CatalogImport>] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(".csv"), let id = ID<CatalogImport>(name.dropLast(4)) else { continue }
            if id.createdAt.advanced(bySeconds: Self.abandonedSeconds) < now { found.append(id) }
        }
        return found
    }

    /// Away from the event loop: a disk may take its time.
    private func onDisk<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(work)
    }

    private func create(_ path: String) throws -> Int32 {
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw StorageError.readOnly(path: directory) }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.readOnly(path: path) }
        return descriptor
    }

    private func append(_ part: ByteBuffer, to descriptor: Int32) throws {
        var rest = part
        while rest.readableBytes > 0 {
            let count = rest.withUnsafeReadableBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StorageError.diskFull }
            rest.moveReaderIndex(forwardBy: count)
        }
    }

    /// The file is on disk, and so is its name.
    private func sync(_ descriptor: Int32) throws {
        guard fsync(descriptor) == 0 else { throw StorageError.diskFull }
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw StorageError.readOnly(path: directory) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw StorageError.diskFull }
    }
}
