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
    /// Bytes of the file that were read so far.
    private(set) var bytesTaken = 0
    /// For a file that is not UTF-8: turns it into that.
    private var decoder: CSVDecoder?
    /// What was decoded and not yet read.
    private var decoded: [UInt8] = []
    private var decodedStart = 0

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

    /// From here on the file is read in an encoding.
    mutating func decode(from encoding: CSVEncoding) {
        decoder = encoding == .utf8 ? nil : CSVDecoder(encoding)
    }

    /// - Returns: how many bytes of UTF-8 were put at `target`; 0 at the end.
    mutating func readText(into target: UnsafeMutablePointer<UInt8>, atMost count: Int) throws(CSVFileError) -> Int {
        guard decoder != nil else { return try read(into: target, atMost: count) }
        if decodedStart == decoded.count { try decodeMore() }
        let taken = min(count, decoded.count - decodedStart)
        decoded.withUnsafeBufferPointer { all in
            if let base = all.baseAddress { target.update(from: base + decodedStart, count: taken) }
        }
        decodedStart += taken
        return taken
    }

    private static let decodedAtOnce = 1 << 16

    private mutating func decodeMore() throws(CSVFileError) {
        decoded.removeAll(keepingCapacity: true)
        decodedStart = 0
        var chunk = [UInt8](repeating: 0, count: Self.decodedAtOnce)
        // A piece may end within a character and give nothing yet.
        while decoded.isEmpty {
            let count = try read(into: &chunk)
            guard count > 0 else {
                decoder?.finish(into: &decoded)
                return
            }
            decoder?.decode(chunk[..<count], into: &decoded)
        }
    }

    /// - Returns: how many bytes of the file were put at the start of `chunk`; 0 at the end.
    mutating func read(into chunk: inout [UInt8]) throws(CSVFileError) -> Int {
        var failure: CSVFileError?
        let count = chunk.withUnsafeMutableBufferPointer { buffer -> Int in
            guard let base = buffer.baseAddress else { return 0 }
            do throws(CSVFileError) {
                return try read(into: base, atMost: buffer.count)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return count
    }

    /// - Returns: how many bytes of the file were put at `target`; 0 at the end.
    private mutating func read(into target: UnsafeMutablePointer<UInt8>, atMost count: Int) throws(CSVFileError) -> Int
    {
        switch origin {
        case .memory(let bytes):
            let taken = min(count, bytes.count - position)
            bytes.withUnsafeBufferPointer { all in
                if let base = all.baseAddress { target.update(from: base + position, count: taken) }
            }
            position += taken
            bytesTaken += taken
            return taken
        case .file(let descriptor, let path):
            while true {
                let taken = Glibc.read(descriptor, target, count)
                if taken >= 0 {
                    bytesTaken += taken
                    return taken
                }
                guard errno == EINTR else { throw CSVFileError(path: path, code: errno) }
            }
        }
    }
}
