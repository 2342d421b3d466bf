import Glibc
import NIOCore

/// The way to a socket below its pipeline, in which nobody else is: a broadcast comes by here ten thousand times a message.
///
/// Where NIO holds nothing, bytes are given to the kernel at once; what it does not take is left to NIO, which waits until
/// it does. So the order is that in which this was called, whichever way each frame took.
///
/// To be used on the channel's loop until the channel is inactive. NIO closes the descriptor on that loop and says so in the same
/// breath, and the number may be another connection's afterwards.
struct SocketWire {
    private let channel: any Channel
    /// Nil when the channel is no socket of the kernel's.
    private let descriptor: NIOBSDSocket.Handle?
    /// NIO was given something and has not been seen without since.
    private var mayHoldBytes = true

    init(_ channel: any Channel) {
        self.channel = channel
        let pipeline = channel.pipeline.syncOperations
        descriptor = try? pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
    }

    /// Bytes that NIO holds, flushed or not.
    var waitingBytes: Int {
        (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// To be called before NIO is given a frame another way.
    mutating func expectBytes() { mayHoldBytes = true }

    /// - Returns: how many of the bytes the kernel took. None also when the connection is broken: NIO finds out with the
    ///   rest, and closes.
    mutating func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let descriptor, !mayHoldBytes || waitingBytes == 0 else { return 0 }
        let taken = send(
            descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        mayHoldBytes = taken < bytes.count
        return max(0, taken)
    }

    /// Leaves to NIO what the kernel did not take. It may close the channel over it.
    func leave(_ rest: ByteBuffer) {
        let core = channel._channelCore
        core.write0(NIOAny(rest), promise: nil)
        core.flush0()
    }
}
