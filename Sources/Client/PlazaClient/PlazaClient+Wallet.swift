public import PlazaAPI

/// One's money. Writes are named by a key and done once.
extension PlazaClient {
    public func wallet() async throws -> Wallet {
        try await send(Call(.get, "/v1/wallet"))
    }

    /// Newest first.
    /// - Parameter currency: ISO 4217; EUR when nil.
    public func walletEntries(currency: String? = nil, limit: Int? = nil) -> PageSequence<WalletEntry> {
        var call = Call(.get, "/v1/wallet/entries")
        call.query = [("currency", currency)]
        return pages(call, limit: limit)
    }

    public func topUp(_ topUp: TopUp, key: IdempotencyKey = .random()) async throws -> Payment {
        var call = Call(.post, "/v1/wallet/top-ups")
        call.idempotencyKey = key
        return try await send(call, body: topUp)
    }

    public func transfer(_ draft: WalletTransferDraft, key: IdempotencyKey = .random()) async throws
        -> WalletTransfer
    {
        var call = Call(.post, "/v1/wallet/transfers")
        call.idempotencyKey = key
        return try await send(call, body: draft)
    }

    public func payment(_ payment: EntityID<Payment>) async throws -> Payment {
        try await send(Call(.get, "/v1/wallet/payments/\(payment.encoded)"))
    }

    /// Newest first.
    public func payments(limit: Int? = nil) -> PageSequence<Payment> {
        pages(Call(.get, "/v1/wallet/payments"), limit: limit)
    }
}
