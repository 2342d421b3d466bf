package import Events

extension MarketService {
    /// What follows the log of events.
    package var consumers: [EventConsumer] {
        []
    }
}
