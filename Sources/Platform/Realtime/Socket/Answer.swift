import Core
import NIOCore

/// What a command is told, as one frame.
enum Answer {
    private static let empty = Array("{}".utf8)

    static func done(_ id: Int64) -> ByteBuffer { ok(id, empty) }

    /// - Parameter body: JSON.
    static func ok(_ id: Int64, _ body: [UInt8]) -> ByteBuffer {
        let head = #"{"id":\#(id),"ok":"#
        return FrameWriter.text(length: head.utf8.count + body.count + 1) { frame in
            frame.writeString(head)
            frame.writeBytes(body)
            frame.writeInteger(UInt8(ascii: "}"))
        }
    }

    static func refused(_ id: Int64?, _ refusal: ChannelRefusal) -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            if let id { json.member("id", id) }
            json.name("error")
            json.object { json in
                json.member("code", refusal.code)
                json.member("message", refusal.message)
                json.member("retryable", refusal.retryAfterMilliseconds != nil)
                if let milliseconds = refusal.retryAfterMilliseconds { json.member("retry_after_ms", milliseconds) }
            }
        }
        return FrameWriter.text(json.finish())
    }

    /// - Parameters:
    ///   - messages: those that followed what the subscriber saw last; nil when some of them are gone.
    ///   - limit: of messages; those beyond are left for another question.
    static func position(
        _ id: Int64, epoch: String, offset: Int64, messages: [ChannelHistory.Entry]?, newest: [PushFrame]
    ) -> ByteBuffer {
        var json = JSONWriter(capacity: 96)
        json.object { json in
            json.member("epoch", epoch)
            json.member("offset", offset)
            json.member("recovered", messages != nil)
            json.name("messages")
            json.array(messages ?? []) { json, entry in
                json.object { json in
                    json.member("offset", entry.offset)
                    json.name("data")
                    json.raw(Array(entry.message.data))
                }
            }
            json.name("latest")
            json.array(newest) { json, message in json.raw(Array(message.data)) }
        }
        return ok(id, json.finish())
    }

    static func connected(
        _ principal: Principal, own: ChannelPosition, heartbeatSeconds: Int64
    ) -> ByteBuffer {
        var json = JSONWriter(capacity: 192)
        json.object { json in
            json.name("connected")
            json.object { json in
                json.member("session", principal.session)
                json.member("account", principal.account)
                json.member("heartbeat_seconds", heartbeatSeconds)
                json.name("position")
                json.object { json in
                    json.member("epoch", own.epoch)
                    json.member("offset", own.offset)
                }
            }
        }
        return FrameWriter.text(json.finish())
    }

    /// Tells a subscriber that it hears a channel no longer.
    static func ended(_ channel: ChannelName, code: String) -> ByteBuffer {
        FrameWriter.text(Array(#"{"channel":"\#(channel)","ended":{"code":"\#(code)"}}"#.utf8))
    }
}

extension ChannelRefusal {
    static let alreadySubscribed = Self(code: "already_subscribed", message: "This socket hears the channel already.")
    static let notSubscribed = Self(code: "not_subscribed", message: "Subscribe to the channel first.")
    static let failed = Self(code: "internal", message: "Something went wrong here; the operator can see what.")

    static func tooManySubscriptions(max: Int) -> Self {
        Self(code: "too_many_subscriptions", message: "A socket has \(max) subscriptions at most: unsubscribe first.")
    }
}
