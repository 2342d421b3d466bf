import Core
import Jobs
package import HTTPTypes
import Storage

extension LedgerService {
    /// Payments that a notice is at odds with are asked about under this round, once at a time.
    private static let askingRound: Int64 = 1_000_000

    /// Hears what a provider has sent by itself. The same again changes nothing.
    /// - Throws: ``LedgerError/providerNotFound``, ``LedgerError/callbackRefused(_:)``,
    ///   ``LedgerError/paymentNotFound``.
    package func receiveCallback(from name: String, headers: HTTPFields, body: [UInt8]) async throws {
        guard let provider = providers.first(where: { $0.name == name }) else { throw LedgerError.providerNotFound }
        let notice: ProviderNotice
        do {
            notice = try provider.notice(headers: headers, body: body, now: clock.now())
        } catch let refusal as CallbackRefusal {
            throw LedgerError.callbackRefused(refusal)
        }
        guard let id = ID<Payment>(notice.key) else { throw LedgerError.paymentNotFound }
        try await database.write { tx in
            guard let payment = try tx.payment(id), payment.provider == name else { throw LedgerError.paymentNotFound }
            guard try tx.insertNotice(notice.id, from: name, at: clock.now()) else { return }
            switch try hear(notice.report, of: payment, from: .notice, in: tx) {
            case .call, .ask: try ask(id, in: tx)
            case .nothing, .wait, .book, .contradiction: break
            }
        }
    }

    private func ask(_ payment: ID<Payment>, in tx: WriteTransaction) throws {
        try jobs.enqueue(
            AskProvider(payment: payment), priority: .high, uniqueKey: "ledger.ask:\(payment)", in: tx)
    }

    /// Hears what a provider says is true now, and goes on from there.
    func askProvider(about id: ID<Payment>) async throws {
        guard let payment = try await database.read({ db in try db.payment(id) }),
            let provider = providers.first(where: { $0.name == payment.provider })
        else { return }
        let report = try await provider.report(of: payment.providerKey)
        try await database.write { tx in
            guard let payment = try tx.payment(id) else { return }
            _ = try hear(report, of: payment, from: .answer, in: tx)
        }
        try await settlePayment(id, round: Self.askingRound)
    }
}
