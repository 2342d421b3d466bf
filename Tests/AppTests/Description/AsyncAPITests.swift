import App
import HTTPTypes
import Core
import Foundation
import HTTP
import Realtime
import Testing

@Suite struct AsyncAPITests {
    private func withDocument(_ body: @escaping @Sendable (JSON, PlazaFixture) throws -> Void) async throws {
        try await withPlaza { plaza in
            try body(try await plaza.send(.get, "/asyncapi.json").json, plaza)
        }
    }

    @Test func theDocumentIsAsyncAPI3() async throws {
        try await withDocument { document, _ in
            #expect(document["asyncapi"] == "3.0.0")
            #expect(document["info"]?["title"]?.string?.isEmpty == false)
            #expect(document["info"]?["version"]?.string == Plaza.version)
            for server in document.members("servers") {
                #expect(server.value["host"]?.string?.isEmpty == false)
                #expect(server.value["protocol"]?.string?.hasPrefix("ws") == true)
            }
            let known: Set = [
                "asyncapi", "info", "defaultContentType", "servers", "channels", "operations", "components",
            ]
            #expect(Set(document.members.map(\.name)) == known)
        }
    }

    @Test func everyReferenceLeadsSomewhereAndNothingIsNamedTwice() async throws {
        try await withDocument { document, _ in
            var used: Set<String> = []
            document.visit { node in
                let names = node.members.map(\.name)
                #expect(Set(names).count == names.count, "\(names)")
                guard let reference = node["$ref"]?.string else { return }
                used.insert(reference)
                let steps = reference.split(separator: "/").dropFirst()
                let target = steps.reduce(Optional(document)) { $0?[String($1)] }
                #expect(target != nil, "\(reference) leads nowhere")
            }
            for kind in ["schemas", "messages", "securitySchemes"] {
                for part in document["components"]?.members(kind) ?? [] {
                    #expect(used.contains("#/components/\(kind)/\(part.name)"), "\(part.name) is used nowhere")
                    #expect(part.name.wholeMatch(of: /[A-Za-z0-9._-]+/) != nil)
                }
            }
        }
    }

    @Test func theChannelsAreThoseThatTheHubServes() async throws {
        try await withDocument { document, plaza in
            let owners = plaza.plaza.channelOwners
            let names = document.members("channels").map(\.name)
            #expect(names == ["socket"] + owners.map(\.namespace))
            for owner in owners {
                let channel = document["channels"]?[owner.namespace]
                let (address, shape) = (channel?["address"]?.string ?? "", owner.shape)
                #expect(address == "\(owner.namespace):{\(shape.key)}")
                #expect(channel?.members("parameters").map(\.name) == [shape.key])
                #expect(ChannelName("\(owner.namespace):\(shape.keyExample)") != nil)
                let messages = channel?.members("messages").map(\.name) ?? []
                #expect(messages.count == shape.pushes.count + shape.commands.count)
                #expect(Set(shape.pushes.map(\.type)).isSubset(of: messages))
            }
        }
    }

    /// Messages of an operation are its channel's, and every message of a channel is in an operation or an answer to one.
    @Test func everyMessageIsSentOrReceived() async throws {
        try await withDocument { document, _ in
            var used: Set<String> = []
            for operation in document.members("operations") {
                #expect(["send", "receive"].contains(operation.value["action"]?.string), "\(operation.name)")
                let reply = operation.value["reply"]
                #expect((reply != nil) == (operation.value["action"] == "receive"), "\(operation.name)")
                for part in [operation.value, reply].compactMap(\.self) {
                    let channel = part["channel"]?["$ref"]?.string ?? ""
                    for message in part["messages"]?.array ?? [] {
                        let reference = message["$ref"]?.string ?? ""
                        #expect(reference.hasPrefix(channel + "/messages/"), "\(operation.name)")
                        used.insert(reference)
                    }
                }
            }
            for channel in document.members("channels") {
                for message in channel.value.members("messages") {
                    #expect(used.contains("#/channels/\(channel.name)/messages/\(message.name)"))
                }
            }
        }
    }

    /// Newest values and what is fleeting have no offset; everything else has one.
    @Test func whatIsOrderedIsNumbered() async throws {
        try await withDocument { document, plaza in
            for push in plaza.plaza.channelOwners.flatMap(\.shape.pushes) {
                let message = document["components"]?["messages"]?[push.type]
                let isNumbered = message?["payload"]?["required"]?.array?.contains("offset")
                #expect(isNumbered == ![.newest, .fleeting].contains(push.delivery), "\(push.type)")
                let example = message?["examples"]?.array?.first?["payload"]
                #expect(example?["data"]?["type"]?.string == push.type)
            }
        }
    }

    /// What `docs/REALTIME.md` lists, with how it is delivered and what stands beside the type.
    @Test func thePageForPeopleListsTheSame() async throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/REALTIME.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        try await withPlaza { plaza in
            let owners = plaza.plaza.channelOwners
            let declared = owners.flatMap { owner in
                owner.shape.pushes.map { push in
                    let members = push.example.members.map(\.name).sorted().joined(separator: " ")
                    return "\(owner.namespace): \(push.type) \(push.delivery) \(members)"
                }
            }
            #expect(Self.pushes(in: text) == declared.sorted())
            let commands = owners.flatMap { owner in owner.shape.commands.map { "\(owner.namespace): \($0.type)" } }
            #expect(Self.rows(in: text, section: "What clients publish").map { "\($0[0]) \($0[1])" } == commands)
        }
    }

    private static func pushes(in text: String) -> [String] {
        rows(in: text, section: "What is pushed").flatMap { row in
            row[1].split(separator: " ").map { type in
                let members = row[3].split(separator: " ").sorted().joined(separator: " ")
                return "\(row[0]) \(type) \(row[2]) \(members)"
            }
        }.sorted()
    }

    /// The rows of a section's table, of each cell what is in backticks or else all of it; an empty first cell is the one above.
    private static func rows(in text: String, section: String) -> [[String]] {
        let lines = text.split(separator: "\n").drop { $0 != "## \(section)" }.dropFirst().prefix {
            !$0.hasPrefix("## ")
        }
        var channel = ""
        return lines.filter { $0.hasPrefix("|") }.dropFirst(2).map { line in
            var cells = line.split(separator: "|").map { cell in
                let quoted = cell.matches(of: /`([^`]+)`/).map { String($0.output.1) }
                return quoted.isEmpty
                    ? cell.trimmingCharacters(in: .whitespaces) : quoted.joined(separator: " ")
            }
            if cells[0].isEmpty { cells[0] = channel }
            channel = cells[0]
            return cells
        }
    }
}
