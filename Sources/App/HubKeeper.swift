import Realtime
import ServiceLifecycle

/// Opens the hub with the server, and closes it when the last socket has gone.
struct HubKeeper: Service {
    let hub: RealtimeHub
    let owners: [any ChannelOwner]
    var observer: (any OnlineObserver)?

    func run() async {
        hub.start(owners: owners, observer: observer)
        try? await gracefulShutdown()
        hub.drain()
        await hub.untilEmpty()
        hub.stop()
    }
}
