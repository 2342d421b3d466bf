import Core

/// The part of `/asyncapi.json` that is the same whoever owns the channels: commands, and what they are answered.
enum SocketDescription {
    static let name = "socket"

    private struct Description {
        let name: String
        let about: String
        let example: JSON
        let payload: JSON
    }

    static let channel: JSON = [
        "address": "/v1/realtime",
        "title": "The socket",
        "description": "Commands, their answers, and what concerns the socket itself.",
        "messages": .object(
            all.map { .init(name: $0.name, value: AsyncAPI.reference("messages", $0.name)) }),
    ]

    static var messages: [JSON.Member] {
        all.map { message in
            .init(
                name: message.name,
                value: [
                    "name": .string(message.name), "title": .string(message.name), "summary": .string(message.about),
                    "payload": message.payload, "examples": [["payload": message.example]],
                ])
        }
    }

    static var operations: [JSON.Member] {
        told.map { operation($0, action: "send") } + commands.map { operation($0, action: "receive") }
    }

    static let reply: JSON = [
        "channel": AsyncAPI.channelReference(name),
        "messages": [AsyncAPI.messageReference("ok", of: name), AsyncAPI.messageReference("error", of: name)],
    ]

    private static func operation(_ message: Description, action: String) -> JSON.Member {
        var members: [JSON.Member] = [
            .init(name: "action", value: .string(action)),
            .init(name: "channel", value: AsyncAPI.channelReference(name)),
            .init(name: "summary", value: .string(message.about)),
            .init(name: "messages", value: [AsyncAPI.messageReference(message.name, of: name)]),
        ]
        if action == "receive" { members.append(.init(name: "reply", value: reply)) }
        return .init(name: message.name, value: .object(members))
    }

    // MARK: Messages

    private static var all: [Description] { commands + answers + told }

    private static let commands: [Description] = [
        command(
            "subscribe", "Hear a channel, from where one left it.", ["channel": "post:pst_0D3PZ7XGQW4K1"],
            required: ["channel"], optional: ["since"]),
        command(
            "unsubscribe", "Hear it no more.", ["channel": "post:pst_0D3PZ7XGQW4K1"], required: ["channel"]),
        command(
            "publish", "Say something in a channel that takes it.",
            ["channel": "conversation:cnv_0D3PZ7XGQW4K1", "data": ["type": "typing"]], required: ["channel", "data"]),
        command(
            "presence", "Ask who of a channel is online.", ["channel": "conversation:cnv_0D3PZ7XGQW4K1"],
            required: ["channel"]),
        command(
            "history", "Ask for what was missed in a channel that one hears.",
            ["channel": "post:pst_0D3PZ7XGQW4K1", "since": ["epoch": "k3", "offset": 41], "limit": 100],
            required: ["channel", "since"], optional: ["limit"]),
        command("ping", "Learn whether the connection lives.", [:], required: []),
    ]

    private static let answers: [Description] = [
        answer(
            "ok", "Done. What is in it depends on the command.",
            ["epoch": "k3", "offset": 43, "recovered": true, "messages": [], "latest": []], ["type": "object"]),
        answer(
            "error", "Not done, and why.",
            ["code": "not_permitted", "message": "There is no such post.", "retryable": false],
            AsyncAPI.reference("schemas", "Error")),
    ]

    private static let told = [
        Description(
            name: "connected", about: "The first frame: whose socket it is, and where their own channel stands.",
            example: [
                "connected": [
                    "session": "ses_0D3PZ7XGQW4K1", "account": "acc_0D3PZ7XGQW4K1", "heartbeat_seconds": 25,
                    "position": ["epoch": "k3", "offset": 7],
                ]
            ],
            payload: AsyncAPI.object([
                .init(
                    name: "connected",
                    value: AsyncAPI.object([
                        .init(name: "session", value: text), .init(name: "account", value: text),
                        .init(name: "heartbeat_seconds", value: ["type": "integer", "minimum": 1]),
                        .init(name: "position", value: AsyncAPI.reference("schemas", "Position")),
                    ]))
            ])),
        Description(
            name: "ended", about: "A channel that the socket hears no longer.",
            example: ["channel": "conversation:cnv_0D3PZ7XGQW4K1", "ended": ["code": "not_permitted"]],
            payload: AsyncAPI.object([
                .init(name: "channel", value: AsyncAPI.reference("schemas", "Channel")),
                .init(name: "ended", value: AsyncAPI.object([.init(name: "code", value: text)])),
            ])),
    ]

    private static func command(
        _ name: String, _ about: String, _ example: JSON, required: [String], optional: [String] = []
    ) -> Description {
        let properties = (required + optional).map { JSON.Member(name: $0, value: schema(of: $0)) }
        let body: JSON = [
            "type": "object", "properties": .object(properties), "required": .array(required.map(JSON.string)),
        ]
        return Description(
            name: name, about: about,
            example: .object([.init(name: "id", value: 1), .init(name: name, value: example)]),
            payload: AsyncAPI.object([
                .init(name: "id", value: AsyncAPI.reference("schemas", "CommandID")), .init(name: name, value: body),
            ]))
    }

    private static func answer(_ name: String, _ about: String, _ example: JSON, _ body: JSON) -> Description {
        let payload: JSON = [
            "type": "object",
            "properties": .object([
                .init(name: "id", value: AsyncAPI.reference("schemas", "CommandID")), .init(name: name, value: body),
            ]),
            // An error has no id where none could be made out.
            "required": name == "error" ? ["error"] : ["id", .string(name)],
        ]
        return Description(
            name: name, about: about,
            example: .object([.init(name: "id", value: 1), .init(name: name, value: example)]),
            payload: payload)
    }

    // MARK: Schemas

    private static let text: JSON = ["type": "string"]

    private static func schema(of member: String) -> JSON {
        switch member {
        case "channel": AsyncAPI.reference("schemas", "Channel")
        case "since": AsyncAPI.reference("schemas", "Position")
        case "limit": ["type": "integer", "minimum": 1, "maximum": .integer(Command.historyLimitMax)]
        default: ["type": "object"]
        }
    }

    static let schemas: [JSON.Member] = [
        .init(
            name: "Channel",
            value: [
                "type": "string", "minLength": 3, "maxLength": .integer(Int64(ChannelName.lengthMax)),
                "pattern": "^[a-zA-Z0-9_-]+:[a-zA-Z0-9_:-]+$",
            ]),
        .init(
            name: "CommandID",
            value: [
                "type": "integer", "minimum": 1, "maximum": .integer(Command.idMax),
                "description": "Of the client's choosing; the answer carries it.",
            ]),
        .init(
            name: "Offset",
            value: ["type": "integer", "minimum": 1, "description": "One higher than the last of this channel."]),
        .init(
            name: "Position",
            value: AsyncAPI.object([
                .init(name: "epoch", value: text), .init(name: "offset", value: ["type": "integer", "minimum": 0]),
            ])),
        .init(
            name: "Error",
            value: [
                "type": "object",
                "properties": [
                    "code": ["type": "string", "description": "Stable."], "message": ["type": "string"],
                    "retryable": ["type": "boolean"],
                    "retry_after_ms": ["type": "integer", "minimum": 0, "description": "Where waiting helps."],
                ],
                "required": ["code", "message", "retryable"],
            ]),
    ]
}
