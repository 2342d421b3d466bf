import CEpoll
import Glibc

/// epoll, level-triggered: which sockets have something to read, or room to write.
struct Poller: ~Copyable {
    private static let eventCountMax = 1_024

    struct Event {
        let socket: Int
        let isReadable: Bool
        let isWritable: Bool
    }

    private let descriptor: Int32
    private let events: UnsafeMutablePointer<epoll_event>

    init() throws {
        descriptor = epoll_create1(0)
        guard descriptor >= 0 else { throw Failure("epoll: \(String(cString: strerror(errno)))") }
        events = .allocate(capacity: Self.eventCountMax)
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    func add(_ descriptor: Int32, socket: Int, awaitsRoom: Bool) {
        control(EPOLL_CTL_ADD, descriptor, socket, awaitsRoom)
    }

    func change(_ descriptor: Int32, socket: Int, awaitsRoom: Bool) {
        control(EPOLL_CTL_MOD, descriptor, socket, awaitsRoom)
    }

    /// - Returns: how many events there are to ask `event(_:)` for.
    func wait(milliseconds: Int) -> Int {
        max(0, Int(epoll_wait(descriptor, events, Int32(Self.eventCountMax), Int32(milliseconds))))
    }

    func event(_ number: Int) -> Event {
        let event = events[number]
        let writable = event.events & EPOLLOUT.rawValue != 0
        return Event(
            socket: Int(event.data.u32), isReadable: event.events & ~EPOLLOUT.rawValue != 0, isWritable: writable)
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ socket: Int, _ awaitsRoom: Bool) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | (awaitsRoom ? EPOLLOUT.rawValue : 0)
        event.data.u32 = UInt32(socket)
        epoll_ctl(self.descriptor, operation, descriptor, &event)
    }
}
