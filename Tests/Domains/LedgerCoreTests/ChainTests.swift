import Core
import LedgerCore
import Testing

@Suite struct ChainTests {
    private func outcomes(_ batch: [Transfer], in books: inout Books) -> [TransferOutcome] {
        books.apply(batch, now: Timestamp(microseconds: 0))
    }

    @Test func aChainIsAppliedAsAWhole() {
        var books = Town.books
        let batch = [
            post(1, .bank, .ana, 10, isLinkedToNext: true), post(2, .ana, .ben, 10, isLinkedToNext: true),
            post(3, .ben, .bank, 10), post(4, .bank, .ben, 1),
        ]
        #expect(outcomes(batch, in: &books) == [.applied, .applied, .applied, .applied])
        #expect(outcomes(batch, in: &books) == [.exists, .exists, .exists, .exists])
        #expect(books.accounts[Town.ben.id]?.balance == 1)
    }

    @Test(arguments: 0..<4) func whereverItBreaksNothingOfItRemains(_ broken: Int) {
        var books = Town.books
        _ = outcomes([post(90, .bank, .ana, 10), hold(91, .ana, .ben, 10, until: 9)], in: &books)
        var chain = [
            post(1, .bank, .ana, 5, isLinkedToNext: true), settle(2, 91, 4, isLinkedToNext: true),
            post(3, .ana, .ben, 11, isLinkedToNext: true), post(4, .ben, .bank, 15),
        ]
        let before = books
        chain[broken] = post(5, .nobody, .bank, 1, isLinkedToNext: broken < 3)
        let results = outcomes(chain + [post(6, .bank, .ben, 1)], in: &books)
        for (index, result) in results.enumerated() {
            switch index {
            case broken: #expect(result == .refused(.debitAccountNotFound))
            case 4: #expect(result == .applied)
            default: #expect(result == .refused(.linkedTransferRefused))
            }
        }
        #expect(books.accounts[Town.ana.id] == before.accounts[Town.ana.id])
        #expect(books.transfers[ID(rawValue: 91)]?.holdState == .pending)
        #expect(books.transfers.count == before.transfers.count + 1)
        chain[broken] =
            [
                post(1, .bank, .ana, 5, isLinkedToNext: true), settle(2, 91, 4, isLinkedToNext: true),
                post(3, .ana, .ben, 11, isLinkedToNext: true), post(4, .ben, .bank, 15),
            ][broken]
        #expect(outcomes(chain, in: &books) == [.applied, .applied, .applied, .applied])
    }

    @Test func aChainWithoutEndIsRefused() {
        var books = Town.books
        let batch = [
            post(1, .bank, .ana, 10), post(2, .bank, .ana, 10, isLinkedToNext: true),
            post(3, .bank, .ana, 10, isLinkedToNext: true),
        ]
        #expect(outcomes(batch, in: &books) == [.applied, .refused(.chainNotClosed), .refused(.chainNotClosed)])
        #expect(books.accounts[Town.ana.id]?.balance == 10)
    }

    /// Half of a chain cannot have been applied, so who sends it again with another half means something else.
    @Test func aMemberThatWasAppliedAloneBreaksTheChain() {
        var books = Town.books
        _ = outcomes([post(1, .bank, .ana, 10)], in: &books)
        let chain = [post(1, .bank, .ana, 10, isLinkedToNext: true), post(2, .ana, .ben, 10)]
        #expect(outcomes(chain, in: &books) == [.refused(.idTaken), .refused(.linkedTransferRefused)])
        #expect(books.accounts[Town.ben.id]?.balance == 0)
    }
}
