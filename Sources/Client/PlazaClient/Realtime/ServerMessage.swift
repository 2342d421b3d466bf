import PlazaAPI

/// One line of what the server sends.
enum ServerMessage: Equatable {
    /// - Parameter own: the person's own channel, which is heard from here on, and where it stands.
    case connected(session: String, heartbeatSeconds: Int64, own: Own?)
    case ok(id: Int64, JSONValue)
    case error(id: Int64, RealtimeError.Refusal)
    case push(channel: String, offset: Int64?, data: JSONValue)
    /// The channel is heard no more: one may not any longer.
    case ended(channel: String, code: String)
    /// Something of a later edition.
    case unknown

    struct Own: Equatable {
        let channel: String
        let position: ChannelPosition
    }

    init(_ json: JSONValue) {
        if let greeting = json["connected"], let session = greeting["session"]?.string {
            self = .connected(
                session: session, heartbeatSeconds: greeting["heartbeat_seconds"]?.integer ?? 25, own: Own(greeting))
        } else if let channel = json["channel"]?.string, let data = json["data"] {
            self = .push(channel: channel, offset: json["offset"]?.integer, data: data)
        } else if let channel = json["channel"]?.string, let end = json["ended"] {
            self = .ended(channel: channel, code: end["code"]?.string ?? "unknown")
        } else if let id = json["id"]?.integer, let answer = json["ok"] {
            self = .ok(id: id, answer)
        } else if let id = json["id"]?.integer, let error = json["error"] {
            self = .error(id: id, RealtimeError.Refusal(error))
        } else {
            self = .unknown
        }
    }
}

extension ServerMessage.Own {
    fileprivate init?(_ greeting: JSONValue) {
        guard let account = greeting["account"]?.string, let epoch = greeting["position"]?["epoch"]?.string,
            let offset = greeting["position"]?["offset"]?.integer
        else { return nil }
        channel = "account:\(account)"
        position = ChannelPosition(epoch: epoch, offset: offset)
    }
}

extension RealtimeError.Refusal {
    fileprivate init(_ json: JSONValue) {
        self.init(
            code: json["code"]?.string ?? "unknown", message: json["message"]?.string ?? "",
            isRetryable: json["retryable"]?.bool ?? false,
            retryAfterMilliseconds: json["retry_after_ms"]?.integer)
    }
}

/// What `subscribe` and `history` answer.
struct ChannelAnswer {
    let position: ChannelPosition
    let isRecovered: Bool
    let messages: [(offset: Int64, data: JSONValue)]
    let latest: [JSONValue]

    /// - Returns: nil for what is no such answer.
    init?(_ json: JSONValue) {
        guard let epoch = json["epoch"]?.string, let offset = json["offset"]?.integer else { return nil }
        position = ChannelPosition(epoch: epoch, offset: offset)
        isRecovered = json["recovered"]?.bool ?? false
        var messages: [(offset: Int64, data: JSONValue)] = []
        for message in json["messages"]?.array ?? [] {
            guard let offset = message["offset"]?.integer, let data = message["data"] else { return nil }
            messages.append((offset, data))
        }
        self.messages = messages
        latest = json["latest"]?.array ?? []
    }
}
