package import Storage

/// What is true of Market's tables at any time.
///
/// Each check reads whole tables in the order of their keys and looks up the rest in indexes: neither the engine nor we
/// keep what was read, so memory is flat whatever the size.
extension MarketService {
    package static var consistencyChecks: [ConsistencyCheck] {
        stockChecks + waitingChecks + productChecks + orderChecks + attributionChecks
    }
}
