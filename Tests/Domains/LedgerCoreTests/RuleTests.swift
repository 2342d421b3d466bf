import Core
import LedgerCore
import Testing

/// One line a transfer, in order, with what it must come to and what Ana then has.
///
/// The bank has no rule and stands for the world; Ana and Ben may not spend what they do not have; Eve is frozen; Yui
/// has yen.
@Suite struct RuleTests {
    struct Line: Sendable {
        let transfer: Transfer
        let outcome: TransferOutcome
        let ana: Int64
        let seconds: Int64

        init(_ transfer: Transfer, _ outcome: TransferOutcome, ana: Int64, at seconds: Int64 = 0) {
            (self.transfer, self.outcome, self.ana, self.seconds) = (transfer, outcome, ana, seconds)
        }
    }

    struct Story: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let lines: [Line]

        init(_ name: String, _ lines: Line...) {
            (testDescription, self.lines) = (name, lines)
        }
    }

    static let stories = [
        Story(
            "plain transfers",
            Line(post(1, .bank, .ana, 100), .applied, ana: 100),
            Line(post(2, .ana, .ben, 40), .applied, ana: 60),
            Line(post(3, .ana, .ben, 61), .refused(.insufficientFunds(available: 60)), ana: 60),
            Line(post(4, .ana, .ben, 60), .applied, ana: 0),
            Line(post(5, .ana, .ben, 1), .refused(.insufficientFunds(available: 0)), ana: 0)),
        Story(
            "what is no transfer",
            Line(post(1, .bank, .ana, 0), .refused(.amountNotPositive), ana: 0),
            Line(post(2, .bank, .ana, -5), .refused(.amountNotPositive), ana: 0),
            Line(post(3, .bank, .ana, .min), .refused(.amountNotPositive), ana: 0),
            Line(post(4, .ana, .ana, 1), .refused(.sameAccount), ana: 0),
            Line(post(5, .nobody, .ana, 1), .refused(.debitAccountNotFound), ana: 0),
            Line(post(6, .bank, .nobody, 1), .refused(.creditAccountNotFound), ana: 0),
            Line(post(7, .bank, .yui, 1), .refused(.currenciesDiffer), ana: 0),
            Line(post(8, .bank, .eve, 1), .refused(.creditAccountFrozen), ana: 0),
            Line(post(9, .eve, .bank, 1), .refused(.debitAccountFrozen), ana: 0)),
        Story(
            "the same id",
            Line(post(1, .bank, .ana, 100), .applied, ana: 100),
            Line(post(1, .bank, .ana, 100), .exists, ana: 100),
            Line(post(1, .bank, .ana, 99), .refused(.idTaken), ana: 100),
            Line(post(1, .bank, .ben, 100), .refused(.idTaken), ana: 100),
            Line(hold(1, .bank, .ana, 100, until: 9), .refused(.idTaken), ana: 100),
            Line(post(1, .bank, .ana, 100, subject: 7), .refused(.idTaken), ana: 100),
            Line(post(2, .bank, .ana, 100), .applied, ana: 200)),
        Story(
            "sums that do not fit",
            Line(post(1, .bank, .ana, .max), .applied, ana: .max),
            Line(post(2, .bank, .ana, 1), .refused(.balanceOverflow), ana: .max),
            Line(hold(3, .bank, .ben, 1, until: 9), .refused(.balanceOverflow), ana: .max),
            Line(post(4, .ana, .ben, .max), .applied, ana: 0),
            Line(post(5, .ben, .ana, 1), .refused(.balanceOverflow), ana: 0)),
        Story(
            "a hold that is settled",
            Line(post(1, .bank, .ana, 100), .applied, ana: 100),
            Line(hold(2, .ana, .ben, 70, until: 60), .applied, ana: 30),
            Line(post(3, .ana, .ben, 31), .refused(.insufficientFunds(available: 30)), ana: 30),
            Line(hold(4, .ana, .ben, 31, until: 60), .refused(.insufficientFunds(available: 30)), ana: 30),
            Line(post(5, .ben, .bank, 1), .refused(.insufficientFunds(available: 0)), ana: 30),
            Line(settle(6, 2), .applied, ana: 30),
            Line(post(7, .ben, .bank, 70), .applied, ana: 30),
            Line(settle(6, 2), .exists, ana: 30),
            Line(settle(6, 2, 70), .exists, ana: 30),
            Line(settle(6, 2, 69), .refused(.idTaken), ana: 30),
            Line(settle(8, 2), .refused(.holdAlreadySettled), ana: 30),
            Line(void(9, 2), .refused(.holdAlreadySettled), ana: 30),
            Line(expire(10, 2), .refused(.holdAlreadySettled), ana: 30, at: 99),
            Line(hold(2, .ana, .ben, 70, until: 60), .exists, ana: 30, at: 99)),
        Story(
            "a hold that is settled in part",
            Line(post(1, .bank, .ana, 100), .applied, ana: 100),
            Line(hold(2, .ana, .ben, 70, until: 60), .applied, ana: 30),
            Line(settle(3, 2, 71), .refused(.amountExceedsHold(held: 70)), ana: 30),
            Line(settle(4, 2, 0), .refused(.amountNotPositive), ana: 30),
            Line(settle(5, 2, -1), .refused(.amountNotPositive), ana: 30),
            Line(settle(6, 2, 50), .applied, ana: 50),
            Line(settle(7, 2, 20), .refused(.holdAlreadySettled), ana: 50),
            Line(post(8, .ben, .bank, 51), .refused(.insufficientFunds(available: 50)), ana: 50)),
        Story(
            "a hold that is given back",
            Line(post(1, .bank, .ana, 100), .applied, ana: 100),
            Line(hold(2, .ana, .ben, 100, until: 60), .applied, ana: 0),
            Line(void(3, 2), .applied, ana: 100),
            Line(void(3, 2), .exists, ana: 100),
            Line(void(4, 2), .refused(.holdAlreadyVoided), ana: 100),
            Line(settle(5, 2), .refused(.holdAlreadyVoided), ana: 100),
            Line(void(6, 99), .refused(.holdNotFound), ana: 100),
            Line(settle(7, 1), .refused(.notAHold), ana: 100),
            Line(void(8, 3), .refused(.notAHold), ana: 100)),
        Story(
            "a hold whose time is over",
            Line(post(1, .bank, .ana, 100), .applied, ana: 100),
            Line(hold(2, .ana, .ben, 1, until: 0), .refused(.expiresInThePast), ana: 100),
            Line(hold(3, .ana, .ben, 100, until: 60), .applied, ana: 0),
            Line(expire(4, 3), .refused(.holdNotExpired), ana: 0, at: 59),
            Line(settle(5, 3), .refused(.holdExpired), ana: 0, at: 60),
            Line(expire(6, 3), .applied, ana: 100, at: 60),
            Line(settle(7, 3), .refused(.holdExpired), ana: 100, at: 60),
            Line(void(8, 3), .refused(.holdExpired), ana: 100, at: 60),
            Line(settle(9, 3), .refused(.holdExpired), ana: 100, at: 0)),
    ]

    @Test(arguments: stories) func eachTransferComesToWhatItMust(_ story: Story) {
        var books = Town.books
        for line in story.lines {
            let outcome = books.apply([line.transfer], now: Timestamp(microseconds: line.seconds * 1_000_000))
            #expect(outcome == [line.outcome], "\(line.transfer)")
            #expect(books.accounts[Town.ana.id]?.available == line.ana, "\(line.transfer)")
        }
    }

    /// All that a story does may also come in one batch, as long as time stands still.
    @Test(arguments: stories.filter { $0.lines.allSatisfy { $0.seconds == 0 } })
    func oneBatchComesToTheSame(_ story: Story) {
        var books = Town.books
        #expect(books.apply(story.lines.map(\.transfer), now: Timestamp(microseconds: 0)) == story.lines.map(\.outcome))
        #expect(books.accounts[Town.ana.id]?.available == story.lines.last?.ana)
    }

    @Test func aFrozenAccountGivesBackAndSettlesNothing() {
        var books = Books(accounts: [Town.bank, Town.ana, Town.ben])
        _ = books.apply([post(1, .bank, .ana, 10), hold(2, .ana, .ben, 6, until: 9)], now: Timestamp(microseconds: 0))
        guard var ana = books.accounts[Town.ana.id] else { return }
        ana.isFrozen = true
        var frozen = Books(
            accounts: [Town.bank, ana, books.accounts[Town.ben.id] ?? Town.ben],
            transfers: Array(books.transfers.values))
        let outcomes = frozen.apply([settle(3, 2), void(4, 2)], now: Timestamp(microseconds: 0))
        #expect(outcomes == [.refused(.debitAccountFrozen), .applied])
        #expect(frozen.accounts[ana.id]?.available == 10)
    }

    @Test func recordsSayWhatBothHadAfterwards() {
        var books = Town.books
        _ = books.apply([post(1, .bank, .ana, 10), post(2, .ana, .ben, 4)], now: Timestamp(microseconds: 5))
        let second = books.transfers[ID(rawValue: 2)]
        #expect(second?.debitBalance == 6)
        #expect(second?.creditBalance == 4)
        #expect(second?.createdAt == Timestamp(microseconds: 5))
    }
}
