extension IDGenerator {
    /// Ids that carry past times, in the order of the times, for rows that are imported with a history.
    ///
    /// The generator must not be the one of today's ids: it counts forwards only. Ids of a past time may have been made
    /// in that time, when another process had this node.
    /// - Parameter taken: which of these ids exist.
    package func next<Entity>(
        at times: [Timestamp], taken: ([ID<Entity>]) throws -> Set<ID<Entity>>
    ) rethrows -> [ID<Entity>] {
        var ids = times.map { next(at: $0) as ID<Entity> }
        var colliding = try taken(ids)
        while !colliding.isEmpty {
            for index in ids.indices where colliding.contains(ids[index]) { ids[index] = next(at: times[index]) }
            colliding = try taken(ids)
        }
        return ids
    }
}
