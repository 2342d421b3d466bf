import NIOCore

/// A buffer for each read, given back when it has been looked at: a connection that is silent holds none.
///
/// NIO keeps the first buffer of a connection for good, and with the one that it makes by itself that is 2 KiB of each
/// socket. So the first is of a few bytes, once, and those after it are not kept: `nextBufferSize` is not told, and the
/// channel reads one message a turn, for which NIO's pool has a single place.
struct ReceiveBuffers: RecvByteBufferAllocator {
    /// Bytes of the buffer that is kept.
    private static let keptBytes = 16
    private static let bytesMin = 2_048
    private static let bytesMax = 65_536

    private var bytes = ReceiveBuffers.keptBytes

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        allocator.buffer(capacity: bytes)
    }

    func nextBufferSize() -> Int? { nil }

    /// Whoever fills a buffer is given a larger one.
    mutating func record(actualReadBytes count: Int) -> Bool {
        if count >= bytes {
            bytes = max(Self.bytesMin, min(bytes * 4, Self.bytesMax))
        } else if count < bytes / 4 {
            bytes = Self.bytesMin
        }
        // A new one each time.
        return true
    }
}
