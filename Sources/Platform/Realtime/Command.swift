import Core

/// What a client asks for in one JSON object.
struct Command: Equatable {
    enum Kind: Equatable {
        case subscribe(ChannelName, since: ChannelPosition?)
        case unsubscribe(ChannelName)
        case publish(ChannelName, data: JSON)
        case presence(ChannelName)
        case history(ChannelName, since: ChannelPosition, limit: Int)
        case ping
    }

    static let historyLimitMax: Int64 = 100
    /// 2^53: the largest integer that every JSON implementation keeps exact.
    static let idMax: Int64 = 1 << 53

    let id: Int64
    let kind: Kind
}

/// Why an object is no command.
struct CommandError: Error, Equatable {
    /// Nil where none could be made out.
    let id: Int64?
    let refusal: ChannelRefusal

    init(id: Int64?, _ message: String, code: String = "invalid_command") {
        self.id = id
        refusal = ChannelRefusal(code: code, message: message)
    }
}

extension Command {
    private static let names: Set = ["subscribe", "unsubscribe", "publish", "presence", "history", "ping"]

    /// - Parameter bytes: one JSON object.
    init(_ bytes: ArraySlice<UInt8>) throws(CommandError) {
        let object: JSON
        do {
            object = try JSONParser.parse(bytes)
        } catch {
            throw CommandError(id: nil, "A command is a JSON object on a line of its own: \(Self.reason(error)).")
        }
        guard case .object(let members) = object else {
            throw CommandError(id: nil, "A command is a JSON object, not \(object.typeName).")
        }
        guard let id = object["id"]?.integer, (1...Self.idMax).contains(id) else {
            throw CommandError(id: nil, "A command has an id: an integer from 1 to 2^53.")
        }
        let others = members.filter { $0.name != "id" }
        guard others.count == 1, let member = others.first, Self.names.contains(member.name) else {
            throw CommandError(
                id: id, "A command has one member beside its id: \(Self.names.sorted().joined(separator: ", ")).")
        }
        guard case .object = member.value else {
            throw CommandError(id: id, "\(member.name) takes an object.")
        }
        self.id = id
        kind = try Self.kind(member.name, member.value, id: id)
    }

    private static func kind(_ name: String, _ value: JSON, id: Int64) throws(CommandError) -> Kind {
        if name == "ping" { return .ping }
        guard let text = value["channel"]?.string else {
            throw CommandError(id: id, "\(name) needs a channel.")
        }
        guard let channel = ChannelName(text) else {
            throw CommandError(
                id: id, "A channel's name is like post:pst_…, \(ChannelName.lengthMax) characters at most.",
                code: "unknown_channel")
        }
        switch name {
        case "subscribe":
            return .subscribe(
                channel,
                since: try value["since"].map { json throws(CommandError) in
                    try position(json, id: id)
                })
        case "unsubscribe": return .unsubscribe(channel)
        case "presence": return .presence(channel)
        case "publish":
            guard let data = value["data"], case .object = data else {
                throw CommandError(id: id, "publish needs data, an object.")
            }
            return .publish(channel, data: data)
        default:
            guard let since = value["since"] else { throw CommandError(id: id, "history needs since.") }
            let limit = value["limit"]?.integer ?? historyLimitMax
            guard (1...historyLimitMax).contains(limit) else {
                throw CommandError(id: id, "limit is 1 to \(historyLimitMax).")
            }
            return .history(channel, since: try position(since, id: id), limit: Int(limit))
        }
    }

    private static func position(_ json: JSON, id: Int64) throws(CommandError) -> ChannelPosition {
        guard let epoch = json["epoch"]?.string, let offset = json["offset"]?.integer, offset >= 0 else {
            throw CommandError(id: id, "since is an object with epoch, a text, and offset, an integer.")
        }
        return ChannelPosition(epoch: epoch, offset: offset)
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? JSONError else { return "\(error)" }
        return "\(error.reason.rawValue) at byte \(error.offset)"
    }
}
