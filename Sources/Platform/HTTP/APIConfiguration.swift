/// What an operator can set about the HTTP side.
package struct APIConfiguration: Sendable {
    package var host = "127.0.0.1"
    package var port = 8080
    /// Origins that browsers may call from, exactly as they send them; none by default.
    package var allowedOrigins: Set<String> = []
    /// Addresses whose `X-Forwarded-For` is believed.
    package var trustedProxies: Set<String> = []
    /// Seconds that a client may take for a request's head, and for each 64 KiB of its body.
    package var receiveSeconds: Int64 = 15
    /// Seconds that a connection may stay idle between requests.
    package var idleSeconds: Int64 = 75
    /// Seconds that connections may take to finish what they have begun when the server stops: longer than a request may
    /// take, and less than orchestrators wait before they kill.
    package var stopSeconds: Int64 = 25
    /// Answers a request that passes its route's statement budget with an error. For tests.
    package var enforcesBudgets = false

    package init() {}
}
