import PlazaTesting
import Storage
import Testing

@testable import Accounts

@Suite struct MailAddressTests {
    /// Composed and decomposed, Unicode and Punycode, capitals and full-width letters of a domain.
    private static let oneMailbox = [
        "rené@münchen.example", "rene\u{301}@mu\u{308}nchen.example", "rené@xn--mnchen-3ya.example",
        "RENÉ@XN--MNCHEN-3YA.EXAMPLE", "Rene\u{301}@Mu\u{308}nchen.Example", "rené@ｍünchen。example",
    ]

    @Test(arguments: oneMailbox) func oneMailboxIsOneAddress(_ text: String) {
        #expect(Array(MailAddress.folded(text).utf8) == Array("rené@münchen.example".utf8))
    }

    @Test(arguments: [
        "maya@example.com", "maya@xn--.example", "maya@xn--a.example", "maya@xn--zzzzzzzzzzzzzzzzzzzzzzzz.example",
        "maya@xn--mnchen-3yA1.example", "maya@xn--abc-.example",
    ])
    func whatIsNotEncodedWellStaysAsItIs(_ text: String) {
        #expect(MailAddress.folded(text) == text.lowercased())
    }

    /// RFC 3492 §7.1 and names that exist.
    @Test(arguments: [
        ("münchen", "xn--mnchen-3ya"), ("bücher", "xn--bcher-kva"), ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
        ("почемужеонинеговорятпорусски", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"), ("ü", "xn--tda"),
        ("3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"), ("-> $1.00 <--é", "xn---> $1.00 <---meb"),
    ])
    func labelsAreEncodedAndReadBack(label: String, encoded: String) {
        #expect(Punycode.asciiLabel(label[...]) == encoded)
        #expect(Punycode.readLabel(encoded[...]) == label)
    }

    @Test func oneMailboxHasOneAccountAndSignsInToIt() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp("rene", email: Self.oneMailbox[1]).profile.id
            for (number, spelling) in Self.oneMailbox.enumerated() {
                await #expect(throws: AccountsError.emailTaken) {
                    try await plaza.signUp("other\(number)", email: spelling)
                }
                #expect(try await plaza.signIn(spelling).profile.id == account)
            }
        }
    }

    /// Addresses were stored as they were typed once.
    @Test(arguments: ["rene\u{301}@mu\u{308}nchen.example", "rené@xn--mnchen-3ya.example"])
    func whatWasStoredBeforeIsStillTheSameMailbox(stored: String) async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp("rene", email: "rene@example.com").profile.id
            try await plaza.database.write { tx in
                try tx.execute("UPDATE account SET email = \(stored) WHERE id = \(account)")
            }
            await #expect(throws: AccountsError.emailTaken) {
                try await plaza.signUp("other", email: "rené@münchen.example")
            }
            #expect(try await plaza.signIn("rené@münchen.example").profile.id == account)
            let change = ProfileChange(email: "rené@münchen.example")
            #expect(try await plaza.accounts.changeProfile(of: account, change).id == account)
        }
    }
}
