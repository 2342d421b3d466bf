import Foundation
import PlazaAPI
import Testing

/// An old client reads a new server's answers.
@Suite struct ForwardTests {
    @Test func wordsThatAreNewAreKept() throws {
        let state = try JSONDecoder().decode([Order.State].self, from: Data(#"["paid","teleported"]"#.utf8))
        #expect(state == [.paid, "teleported"])
        #expect(String(decoding: try JSONEncoder().encode(state), as: UTF8.self) == #"["paid","teleported"]"#)
    }

    @Test func membersThatAreNewAreLeft() throws {
        let text = #"{"amount":1,"currency":"EUR","exponent":2}"#
        #expect(try JSONDecoder().decode(Money.self, from: Data(text.utf8)) == Money(1, "EUR"))
    }

    @Test func takingSomethingAwayIsNotLeavingIt() throws {
        let change = AccountChange(bio: "Hi", avatarURL: .remove)
        let json = try JSONValue(parsing: Array(try JSONEncoder().encode(change)))
        #expect(json == ["bio": "Hi", "avatar_url": .null])
    }
}
