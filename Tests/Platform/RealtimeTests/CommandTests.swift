import Core
import Testing

@testable import Realtime

@Suite struct CommandTests {
    private func command(_ text: String) throws(CommandError) -> Command { try Command(Array(text.utf8)[...]) }

    @Test func commandsAreUnderstood() throws {
        let post = try #require(ChannelName("post:pst_1"))
        let since = ChannelPosition(epoch: "k3", offset: 41)
        let table: [(String, Command.Kind)] = [
            (#"{"id":1,"subscribe":{"channel":"post:pst_1"}}"#, .subscribe(post, since: nil)),
            (
                #"{"subscribe":{"since":{"offset":41,"epoch":"k3"},"channel":"post:pst_1"},"id":1}"#,
                .subscribe(post, since: since)
            ),
            (#"{"id":1,"unsubscribe":{"channel":"post:pst_1"}}"#, .unsubscribe(post)),
            (#"{"id":1,"publish":{"channel":"post:pst_1","data":{"a":1}}}"#, .publish(post, data: ["a": 1])),
            (#"{"id":1,"presence":{"channel":"post:pst_1"}}"#, .presence(post)),
            (
                #"{"id":1,"history":{"channel":"post:pst_1","since":{"epoch":"k3","offset":41}}}"#,
                .history(post, since: since, limit: 100)
            ),
            (#"{"id":1,"ping":{}}"#, .ping),
        ]
        for (text, kind) in table { #expect(try command(text) == Command(id: 1, kind: kind), "\(text)") }
    }

    @Test func whatIsNoCommandIsRefusedByName() {
        let table: [(text: String, id: Int64?, code: String)] = [
            ("", nil, "invalid_command"), ("{", nil, "invalid_command"), ("[]", nil, "invalid_command"),
            ("null", nil, "invalid_command"), (#"{"ping":{}}"#, nil, "invalid_command"),
            (#"{"id":0,"ping":{}}"#, nil, "invalid_command"), (#"{"id":-1,"ping":{}}"#, nil, "invalid_command"),
            (#"{"id":"1","ping":{}}"#, nil, "invalid_command"), (#"{"id":1.5,"ping":{}}"#, nil, "invalid_command"),
            (#"{"id":9007199254740993,"ping":{}}"#, nil, "invalid_command"),
            (#"{"id":1,"id":1,"ping":{}}"#, nil, "invalid_command"),
            (#"{"id":1}"#, 1, "invalid_command"), (#"{"id":1,"fly":{}}"#, 1, "invalid_command"),
            (#"{"id":1,"ping":{},"subscribe":{}}"#, 1, "invalid_command"),
            (#"{"id":1,"ping":1}"#, 1, "invalid_command"),
            (#"{"id":1,"subscribe":{}}"#, 1, "invalid_command"),
            (#"{"id":1,"subscribe":{"channel":7}}"#, 1, "invalid_command"),
            (#"{"id":1,"subscribe":{"channel":"post"}}"#, 1, "unknown_channel"),
            (#"{"id":1,"subscribe":{"channel":":x"}}"#, 1, "unknown_channel"),
            (#"{"id":1,"subscribe":{"channel":"post:"}}"#, 1, "unknown_channel"),
            (#"{"id":1,"subscribe":{"channel":"post:a\"b"}}"#, 1, "unknown_channel"),
            (#"{"id":1,"subscribe":{"channel":"post:\#(String(repeating: "x", count: 60))"}}"#, 1, "unknown_channel"),
            (#"{"id":1,"subscribe":{"channel":"post:x","since":3}}"#, 1, "invalid_command"),
            (#"{"id":1,"subscribe":{"channel":"post:x","since":{"epoch":"e","offset":-1}}}"#, 1, "invalid_command"),
            (#"{"id":1,"publish":{"channel":"post:x"}}"#, 1, "invalid_command"),
            (#"{"id":1,"publish":{"channel":"post:x","data":"text"}}"#, 1, "invalid_command"),
            (#"{"id":1,"history":{"channel":"post:x"}}"#, 1, "invalid_command"),
            (
                #"{"id":1,"history":{"channel":"post:x","since":{"epoch":"e","offset":0},"limit":0}}"#, 1,
                "invalid_command"
            ),
            (String(repeating: "[", count: 40), nil, "invalid_command"),
        ]
        for (text, id, code) in table {
            let error = #expect(throws: CommandError.self, "\(text)") { try command(text) }
            #expect(error?.id == id, "\(text)")
            #expect(error?.refusal.code == code, "\(text)")
        }
    }
}
