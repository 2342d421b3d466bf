import HTTPTypes
import HTTPTesting
import PlazaAPI
import PlazaClient
import PlazaTesting
import Testing

/// Two people with the SDK, and the house between them.
@Suite(.timeLimit(.minutes(15))) struct TogetherTests {
    // MARK: Seeing and hearing each other

    @Test func peopleChat() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let (ann, ben) = (try await User("ann", at: plaza), try await User("ben", at: plaza))
            let conversation = try await ann.api.startConversation(ConversationDraft(with: ben.id))
            var (anns, bens) = (ann.hear(conversation), ben.hear(try await ben.api.conversation(conversation.id)))
            let sent = try await ann.api.send(MessageDraft("Is the blue bowl still there?"), to: conversation.id)
            let heard: Message = try await bens.next("message.sent", "message")
            #expect(heard == sent)
            #expect(heard.sequence == 1)
            #expect(heard.sender?.handle == "ann")
            #expect(try await anns.next("message.sent", "message") == sent)
            try await ann.realtime.publish(["type": "typing"], to: "conversation:\(conversation.id)")
            #expect(try await bens.next("typing")["account"]?.string == ann.person.id)
            #expect(try await ben.api.markRead(conversation.id, upTo: 1) == 1)
            let read = try await anns.next("conversation.read")
            #expect(read["account"]?.string == ben.person.id)
            #expect(read["sequence"] == 1)
            let edited = try await ann.api.change(1, in: conversation.id, MessageChange(text: "The blue one?"))
            #expect(try await bens.next("message.edited", "message") == edited)
            try await ann.api.delete(1, in: conversation.id)
            #expect(try await bens.next("message.deleted")["sequence"] == 1)
            let kept = try await ben.api.messages(in: conversation.id).page().items
            #expect(kept.map(\.isDeleted) == [true])
        }
    }

    /// Whoever was away brings what they hold up to date, though no channel has kept anything.
    @Test func whoComesBackLearnsWhatChanged() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let (ann, ben) = (try await User("ann", at: plaza), try await User("ben", at: plaza, connects: false))
            let conversation = try await ann.api.startConversation(ConversationDraft(with: ben.id))
            for text in ["one", "two"] { try await ann.api.send(MessageDraft(text), to: conversation.id) }
            let post = try await ann.api.publish(PostDraft(caption: "New bowls"))
            var said: [EntityID<PlazaAPI.Comment>] = []
            for text in ["one", "two"] { said.append(try await ann.api.comment(CommentDraft(text), on: post.id).id) }
            let held = try await ben.api.messages(in: conversation.id).page()
            let shown = try await ben.api.post(post.id)
            try await ann.api.delete(1, in: conversation.id)
            _ = try await ann.api.change(2, in: conversation.id, MessageChange(text: "2"))
            try await ann.api.delete(said[0])
            let changes = try await ben.api.changes(in: conversation.id, after: try #require(held.revision))
            #expect(changes.items.map(\.sequence) == [1, 2])
            #expect(changes.items.map(\.text) == ["", "2"])
            #expect(changes.revision == 2)
            #expect(try await ben.api.changes(in: conversation.id, after: changes.revision).items.isEmpty)
            #expect(try await ben.api.conversation(conversation.id).unreadCount == 1)
            let comments = try await ben.api.commentChanges(on: post.id, after: try #require(shown.commentRevision))
            #expect(comments.items.map(\.id) == [said[0]])
            #expect(comments.items.map { $0.comment == nil } == [true])
        }
    }

    @Test func whoIsNoMemberHearsNothing() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let (ann, ben) = (try await User("ann", at: plaza), try await User("ben", at: plaza))
            let eve = try await User("eve", at: plaza)
            let conversation = try await ann.api.startConversation(ConversationDraft(with: ben.id))
            var eves = eve.hear(conversation)
            let error = await #expect(throws: RealtimeError.self) { _ = try await eves.next("message.sent") }
            #expect(["not_permitted", "unknown_channel"].contains(error?.code))
            var others = eve.hear("account:\(ann.id)")
            await #expect(throws: RealtimeError.self) { _ = try await others.next("notification.changed") }
        }
    }

    @Test func friendsSeeEachOtherComeOnline() async throws {
        try await withPlaza(isWorking: true, door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let (ann, ben) = (try await User("ann", at: plaza), try await User("ben", at: plaza, connects: false))
            try await plaza.befriend(ann.person, ben.person)
            var anns = ann.hear("account:\(ann.id)")
            try await anns.isThere()
            #expect(try await ann.api.presence(of: [ben.id]).map(\.isOnline) == [false])
            ben.realtime.connect()
            let change: [OnlineState] = try await anns.next("presence.changed", "accounts")
            #expect(change.map(\.account) == [ben.id])
            #expect(change.map(\.isOnline) == [true])
            for (one, other) in [(ann, ben), (ben, ann)] {
                #expect(try await one.api.presence(of: [other.id]).map(\.isOnline) == [true])
            }
        }
    }

    @Test func aCounterMovesAndItsAuthorIsTold() async throws {
        try await withPlaza(isWorking: true, door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let (ann, ben) = (try await User("ann", at: plaza), try await User("ben", at: plaza))
            let post = try await ann.api.publish(PostDraft(caption: "New bowls"))
            var own = ann.hear("account:\(ann.id)")
            try await own.isThere()
            let shown = try await ben.api.post(post.id)
            var bens = ben.hear("post:\(post.id)", since: shown.realtime?.position)
            try await bens.isThere()
            try await ann.api.like(post.id)
            while try await bens.next("post.counted")["likes"] != 1 {}
            try await ben.api.like(post.id)
            while try await bens.next("post.counted")["likes"] != 2 {}
            let said = try await ben.api.comment(CommentDraft("Lovely"), on: post.id)
            let heard: PlazaAPI.Comment = try await bens.next("comment.added", "comment")
            #expect(heard.id == said.id)
            var told: [PlazaNotification.Kind] = []
            while told.count < 2 {
                let notification: PlazaNotification = try await own.next("notification.changed", "notification")
                #expect(notification.actors.map(\.handle) == ["ben"])
                #expect(notification.subject?.id == post.id.description)
                told.append(notification.kind)
            }
            #expect(told == [.liked, .commented])
            #expect(try await ann.api.notifications().page().items.map(\.kind) == [.commented, .liked])
            #expect(try await ann.api.unreadNotifications() == 2)
        }
    }

    @Test func aBuyerHearsThatTheOrderIsPaid() async throws {
        try await withPlaza(isWorking: true, door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let seller = try await plaza.signUp("kiln")
            let variant = EntityID<Variant>(try await plaza.variant(in: plaza.shop("kiln", by: seller)))
            let ann = try await User("ann", at: plaza)
            try await plaza.give(10_000, to: ann.person)
            var own = ann.hear("account:\(ann.id)")
            try await own.isThere()
            let line = Checkout.Line(variant: variant, quantity: 1, price: Money(1_000, "EUR"))
            let address = Address(name: "Ann", street: "Kiln Lane 1", city: "Delft", country: "NL")
            let order = try await ann.api.checkOut(Checkout(lines: [line], address: address))
            let paid = try await own.next("order.paid")
            #expect(paid["order"]?.string == order.id.description)
            #expect(paid["amount"]?["amount"] == 1_000)
        }
    }

    @Test func aLiveRoomIsWatchedAndChattedIn() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let (ann, ben) = (try await User("ann", at: plaza), try await User("ben", at: plaza))
            let room = try await ann.api.goLive(LiveRoomDraft(title: "Opening the kiln"))
            #expect(try await ben.api.liveRooms().page().items.map(\.id) == [room.id])
            let channel = "live:\(room.id)"
            var (anns, bens) = (ann.hear(channel), ben.hear(channel))
            try await anns.isThere()
            try await bens.isThere()
            while try await anns.next("viewers.counted")["count"] != 2 {}
            let answer = try await ben.realtime.publish(["type": "chat", "text": "Lovely glaze!"], to: channel)
            let said: LiveMessage = try #require(answer["message"]).decoded()
            #expect(try await anns.next("chat.sent", "message") == said)
            let written = try await ann.api.say("Thank you", in: room.id)
            while try await bens.next("chat.sent", "message") != written {}
            #expect(try await ben.api.messages(in: room.id).page().items == [written, said])
            try await ann.api.close(room.id)
            _ = try await bens.next("live.closed")
            #expect(try await ben.api.liveRoom(room.id).state == .closed)
        }
    }

    // MARK: Losing the network

    @Test(arguments: NetworkLine.Cut.allCases)
    func whoLosesTheNetworkComesBackAndMissesNothing(_ cut: NetworkLine.Cut) async throws {
        try await withPlaza(door: .live, heartbeatTicks: 1) { (plaza: PlazaFixture) async throws -> Void in
            try await withLine(to: plaza.port) { line, port in
                let (ann, ben) = (try await User("ann", at: plaza), try await User("ben", at: plaza, port: port))
                let conversation = try await ann.api.startConversation(ConversationDraft(with: ben.id))
                var (anns, bens) = (ann.hear(conversation), ben.hear(conversation))
                try await anns.isThere()
                try await bens.isThere()
                async let writing: Void = ann.write(1...60, in: conversation.id)
                var heard: [Int64] = []
                var recoveries: [Int] = []
                try await bens.messages(through: 10, &heard, &recoveries)
                line.cut(cut)
                var unused: [Int] = []
                var written: [Int64] = []
                try await anns.messages(through: 30, &written, &unused)
                line.mend()
                try await bens.messages(through: 60, &heard, &recoveries)
                try await writing
                #expect(heard == Array(1...60))
                // Nothing between the cut and the thirtieth can have come another way.
                #expect(recoveries.reduce(0, +) > 0)
                #expect(recoveries.count == 1)
                try await anns.messages(through: 60, &written, &unused)
                #expect(written == Array(1...60))
            }
        }
    }

    /// Longer away than the server remembers: the client is told, reads what it missed, and goes on.
    @Test func whoIsAwayTooLongIsToldSo() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            try await withLine(to: plaza.port) { line, port in
                let (ann, ben) = (try await User("ann", at: plaza), try await User("ben", at: plaza, port: port))
                let conversation = try await ann.api.startConversation(ConversationDraft(with: ben.id))
                var bens = ben.hear(conversation)
                try await bens.isThere()
                try await ann.write(1...3, in: conversation.id)
                var heard: [Int64] = []
                var recoveries: [Int] = []
                try await bens.messages(through: 3, &heard, &recoveries)
                line.cut(.reset)
                try await ann.write(4...130, in: conversation.id)
                line.mend()
                let position = try await bens.missed()
                #expect(position.offset == 130)
                for try await message in ben.api.messages(in: conversation.id, after: 3, limit: 50) {
                    heard.append(message.sequence)
                }
                try await ann.write(131...132, in: conversation.id)
                try await bens.messages(through: 132, &heard, &recoveries)
                #expect(heard == Array(1...132))
            }
        }
    }

    /// What happens to somebody while they are away stands on their own channel when they are back.
    @Test func theOwnChannelIsResumed() async throws {
        try await withPlaza(isWorking: true, door: .live) { (plaza: PlazaFixture) async throws -> Void in
            try await withLine(to: plaza.port) { line, port in
                let ann = try await User("ann", at: plaza, port: port)
                let (ben, cem) = (try await plaza.signUp("ben"), try await plaza.signUp("cem"))
                var own = ann.hear("account:\(ann.id)")
                try await own.isThere()
                _ = try await plaza.send(.put, "/v1/accounts/\(ann.person.id)/follow", as: ben)
                let first: PlazaNotification = try await own.next("notification.changed", "notification")
                #expect(first.actors.map(\.handle) == ["ben"])
                line.cut(.reset)
                _ = try await plaza.send(.put, "/v1/accounts/\(ann.person.id)/follow", as: cem)
                try await plaza.settle()
                line.mend()
                let second: PlazaNotification = try await own.next("notification.changed", "notification")
                #expect(second.id == first.id)
                #expect(second.actors.map(\.handle) == ["cem", "ben"])
            }
        }
    }

    /// Signed out elsewhere, a client does not come back.
    @Test func whoIsSignedOutElsewhereStaysAway() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await User("ann", at: plaza)
            var own = ann.hear("account:\(ann.id)")
            try await own.isThere()
            let session = try #require(ann.api.session)
            let ended = try await plaza.send(.delete, "/v1/sessions/\(session.id)", as: ann.person)
            #expect(ended.status == .noContent)
            let error = await #expect(throws: RealtimeError.self) { while true { _ = try await own.next("nothing") } }
            #expect(error == .ended(.signInNeeded))
        }
    }
}

/// Somebody with the SDK.
private struct User: Sendable {
    let person: Person
    let api: PlazaClient
    let realtime: RealtimeClient

    var id: EntityID<Account> { EntityID(person.id) }

    /// - Parameter port: of a line to the house; the house's own when nil.
    init(_ handle: String, at plaza: PlazaFixture, port: Int? = nil, connects: Bool = true) async throws {
        person = try await plaza.signUp(handle)
        var configuration = PlazaClient.Configuration()
        // A ticket asked for over a dead line is asked for again.
        configuration.realtime.connectMillisecondsMax = 2_000
        api = try PlazaClient("http://localhost:\(port ?? plaza.port)", configuration: configuration)
        _ = try await api.signIn(login: handle, password: PlazaFixture.password)
        realtime = try api.realtime()
        if connects { realtime.connect() }
    }

    func hear(_ channel: String, since: ChannelPosition? = nil) -> Ear {
        Ear(realtime.subscribe(to: channel, since: since))
    }

    func hear(_ conversation: Conversation) -> Ear {
        hear("conversation:\(conversation.id)", since: conversation.realtime?.position)
    }

    func write(_ numbers: ClosedRange<Int64>, in conversation: EntityID<Conversation>) async throws {
        for number in numbers { try await api.send(MessageDraft("\(number)"), to: conversation) }
    }
}

/// What somebody hears of a channel.
private struct Ear {
    private var elements: AsyncThrowingStream<RealtimeElement, any Error>.Iterator

    struct Missed: Error {}

    init(_ subscription: RealtimeSubscription) {
        elements = subscription.makeAsyncIterator()
    }

    private mutating func element() async throws -> RealtimeElement {
        try #require(try await elements.next(), "the subscription has ended")
    }

    /// Returns once the channel is heard.
    mutating func isThere() async throws {
        while true {
            switch try await element() {
            case .joined, .recovered: return
            case .message, .newest, .missed: break
            }
        }
    }

    /// The next push of a type. Others are passed over.
    mutating func next(_ type: String) async throws -> JSONValue {
        while true {
            switch try await element() {
            case .message(_, let data), .newest(let data): if data["type"]?.string == type { return data }
            case .joined, .recovered: break
            case .missed: throw Missed()
            }
        }
    }

    mutating func next<Value: Decodable>(_ type: String, _ member: String) async throws -> Value {
        try #require(try await next(type)[member]).decoded()
    }

    /// Adds what is said, up to a sequence, and how many each recovery brought.
    mutating func messages(
        through last: Int64, _ sequences: inout [Int64], _ recoveries: inout [Int]
    ) async throws {
        while sequences.last != last {
            switch try await element() {
            case .message(_, let data):
                guard data["type"] == "message.sent", let message = data["message"] else { continue }
                let sequence = try message.decoded(as: Message.self).sequence
                #expect(message["text"]?.string == "\(sequence)")
                sequences.append(sequence)
            case .recovered(let count): recoveries.append(count)
            case .joined, .newest: break
            case .missed: throw Missed()
            }
        }
    }

    mutating func missed() async throws -> ChannelPosition {
        while true {
            if case .missed(let position) = try await element() { return position }
        }
    }
}
