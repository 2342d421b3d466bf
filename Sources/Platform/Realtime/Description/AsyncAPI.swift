package import Core

/// Prints `/asyncapi.json` from the channels that exist: AsyncAPI 3.0, https://www.asyncapi.com/docs/reference/specification/v3.0.0
///
/// The application that it describes is the server: it sends pushes and receives commands.
package enum AsyncAPI {
    package static func document(of owners: [any ChannelOwner], version: String) -> JSON {
        let channels: [Described] = owners.map { ($0.namespace, $0.shape) }
        return [
            "asyncapi": "3.0.0",
            "info": [
                "title": "Plaza in real time",
                "version": .string(version),
                "description":
                    .string(
                        "One WebSocket with the subprotocol plaza.v1.json carries all channels. A text frame holds one or "
                            + "more JSON objects separated by newlines. docs/REALTIME.md says how to miss nothing."),
            ],
            "defaultContentType": "application/json",
            "servers": ["plain": server("ws"), "secure": server("wss")],
            "channels": .object(
                [.init(name: SocketDescription.name, value: SocketDescription.channel)] + channels.map(channel)),
            "operations": .object(SocketDescription.operations + channels.flatMap(operations)),
            "components": [
                "schemas": .object(SocketDescription.schemas + channels.flatMap { $0.shape.pushes.map(dataSchema) }),
                "messages": .object(
                    SocketDescription.messages
                        + channels.flatMap { channel in
                            channel.shape.pushes.map { pushMessage($0, in: channel) }
                                + channel.shape.commands.map { commandMessage($0, in: channel) }
                        }),
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer", "description": "An access token."],
                    "ticket": [
                        "type": "httpApiKey", "name": "ticket", "in": "query",
                        "description": "For browsers: what POST /v1/realtime/tickets gave, good for one socket.",
                    ],
                ],
            ],
        ]
    }

    private static func server(_ scheme: String) -> JSON {
        [
            "host": "{host}", "protocol": .string(scheme),
            "variables": ["host": ["default": "127.0.0.1:8080", "description": "Where the server listens."]],
            "security": [reference("securitySchemes", "bearer"), reference("securitySchemes", "ticket")],
        ]
    }

    static func reference(_ kind: String, _ name: String) -> JSON {
        ["$ref": .string("#/components/\(kind)/\(name)")]
    }

    // MARK: Channels

    private typealias Described = (namespace: String, shape: ChannelShape)

    private static func channel(_ described: Described) -> JSON.Member {
        let (namespace, shape) = described
        let names = shape.pushes.map(\.type) + shape.commands.map { commandName($0, in: described) }
        let value: JSON = [
            "address": .string("\(namespace):{\(shape.key)}"),
            "title": .string("\(namespace):"),
            "description": .string(shape.about),
            "parameters": .object([
                .init(
                    name: shape.key,
                    value: [
                        "description": "What the channel is about.", "examples": [.string(shape.keyExample)],
                    ])
            ]),
            "messages": .object(names.map { .init(name: $0, value: reference("messages", $0)) }),
        ]
        return .init(name: namespace, value: value)
    }

    private static func operations(_ described: Described) -> [JSON.Member] {
        let (namespace, shape) = described
        let pushes: JSON = [
            "action": "send", "channel": channelReference(namespace),
            "summary": .string("What subscribers of \(namespace): hear."),
            "messages": .array(shape.pushes.map { messageReference($0.type, of: namespace) }),
        ]
        return [.init(name: "push_\(namespace)", value: pushes)]
            + shape.commands.map { command in
                let name = commandName(command, in: described)
                return .init(
                    name: name,
                    value: [
                        "action": "receive", "channel": channelReference(namespace), "summary": .string(command.about),
                        "messages": [messageReference(name, of: namespace)], "reply": SocketDescription.reply,
                    ])
            }
    }

    static func channelReference(_ name: String) -> JSON { ["$ref": .string("#/channels/\(name)")] }

    static func messageReference(_ name: String, of channel: String) -> JSON {
        ["$ref": .string("#/channels/\(channel)/messages/\(name)")]
    }

    // MARK: Messages

    private static func commandName(_ command: CommandShape, in described: Described) -> String {
        "publish_\(described.namespace)_\(command.type)"
    }

    private static func pushMessage(_ push: PushShape, in described: Described) -> JSON.Member {
        var properties: [JSON.Member] = [
            .init(name: "channel", value: channelSchema(described)),
            .init(name: "data", value: reference("schemas", push.type)),
        ]
        var example: [JSON.Member] = [
            .init(name: "channel", value: .string("\(described.namespace):\(described.shape.keyExample)")),
            .init(name: "data", value: push.example.typed(push.type)),
        ]
        if push.delivery.isOrdered {
            properties.insert(.init(name: "offset", value: reference("schemas", "Offset")), at: 1)
            example.insert(.init(name: "offset", value: 42), at: 1)
        }
        return .init(
            name: push.type,
            value: [
                "name": .string(push.type), "title": .string(push.type),
                "summary": .string("\(push.about) \(push.delivery.about)"),
                "payload": object(properties), "examples": [["payload": .object(example)]],
            ])
    }

    private static func commandMessage(_ command: CommandShape, in described: Described) -> JSON.Member {
        let name = commandName(command, in: described)
        let inner = object([
            .init(name: "channel", value: channelSchema(described)),
            .init(name: "data", value: data(command.type, command.example, nullable: [])),
        ])
        let example: JSON = [
            "id": 3,
            "publish": [
                "channel": .string("\(described.namespace):\(described.shape.keyExample)"),
                "data": command.example.typed(command.type),
            ],
        ]
        return .init(
            name: name,
            value: [
                "name": .string(name), "title": .string(command.type), "summary": .string(command.about),
                "payload": object([
                    .init(name: "id", value: reference("schemas", "CommandID")), .init(name: "publish", value: inner),
                ]),
                "examples": [["payload": example]],
            ])
    }

    private static func channelSchema(_ described: Described) -> JSON {
        ["type": "string", "pattern": .string("^\(described.namespace):")]
    }

    // MARK: Schemas

    private static func dataSchema(_ push: PushShape) -> JSON.Member {
        .init(name: push.type, value: data(push.type, push.example, nullable: push.nullable))
    }

    private static func data(_ type: String, _ example: JSON, nullable: Set<String>) -> JSON {
        guard case .object(let members) = example else { return ["type": "object"] }
        let properties = members.map { member -> JSON.Member in
            let name = JSON.string(member.value.typeName)
            return .init(name: member.name, value: ["type": nullable.contains(member.name) ? [name, "null"] : name])
        }
        return object([.init(name: "type", value: ["type": "string", "const": .string(type)])] + properties)
    }

    /// All of them are always there.
    static func object(_ properties: [JSON.Member]) -> JSON {
        [
            "type": "object", "properties": .object(properties),
            "required": .array(properties.map { .string($0.name) }),
        ]
    }
}

extension Push.Delivery {
    fileprivate var about: String {
        switch self {
        case .ordered: "Ordered."
        case .urgent: "Ordered, and before anything else that waits."
        case .sampled: "Ordered; left out, for everybody alike, when the channel is too busy."
        case .newest: "A newest value: those in between are left out."
        case .fleeting: "Fleeting: kept nowhere."
        }
    }
}
