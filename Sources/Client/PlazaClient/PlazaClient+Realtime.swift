public import PlazaAPI

extension PlazaClient {
    /// Opens one socket, within a minute. For connections that are not made by ``realtime()``.
    public func realtimeTicket() async throws -> RealtimeTicket {
        try await send(Call(.post, "/v1/realtime/tickets"))
    }

    /// A connection to what the server pushes, for whoever is signed in here. Each attempt gets a ticket of its own, so that
    /// a token that has expired meanwhile does no harm. Not connected yet: subscribe first and nothing is missed.
    public func realtime() throws -> RealtimeClient {
        try RealtimeClient(url, configuration: configuration.realtime) {
            guard self.session != nil else { throw NoCredential() }
            do {
                return .ticket(try await self.realtimeTicket().ticket)
            } catch PlazaError.problem(let problem) where problem.status == 401 || problem.status == 403 {
                throw NoCredential()
            }
        }
    }
}
