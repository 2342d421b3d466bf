import Glibc

/// Where a reader's bytes come from, in the order they are in the file.
struct CSVSource: ~Copyable {
    private enum Origin {
        case file(descriptor: Int32, path: String)
        case memory([UInt8])
    }

    private let origin: Origin
    private var position = 0
    let totalBytes: Int

    init(bytes: [UInt8]) {
        origin = .memory(bytes)
        totalBytes = bytes.count
    }

    init(path: String) throws(CSVFileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CSVFileError(path: path, code: errno) }
        origin = .file(descriptor: descriptor, path: path)
        var status = stat()
        totalBytes = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    deinit {
        if case .file(let descriptor, _) = origin { close(descriptor) }
    }

    /// - Returns: how many bytes were put at `target`; 0 at the end.
    mutating func read(into target: UnsafeMutablePointer<UInt8>, atMost count: Int) throws(CSVFileError) -> Int {
        switch origin {
        case .memory(let bytes):
            let taken = min(count, bytes.count - position)
            bytes.withUnsafeBufferPointer { all in
                if let base = all.baseAddress { target.update(from: base + position, count: taken) }
            }
            position += taken
            return taken
        case .file(let descriptor, let path):
            while true {
                let taken = Glibc.read(descriptor, target, count)
                if taken >= 0 { return taken }
                guard errno == EINTR else { throw CSVFileError(path: path, code: errno) }
            }
        }
    }
}
