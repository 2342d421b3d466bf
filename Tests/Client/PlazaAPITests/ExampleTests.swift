import App
import Foundation
import PlazaAPI
import Testing

/// The types against what the server's routes document.
@Suite struct ExampleTests {
    /// One answer or body of a route, the type that reads it, and the members that the type leaves out.
    struct Case: Sendable, CustomTestStringConvertible {
        let route: String
        let place: Place
        let leavesOut: Set<String>
        let roundTrip: @Sendable (Data) throws -> Data

        enum Place: Sendable {
            case body
            case answer(Int)
        }

        init(
            _ route: String, _ place: Place, _ type: (some Codable & SendableMetatype).Type, leavesOut: Set<String> = []
        ) {
            self.route = route
            self.place = place
            self.leavesOut = leavesOut
            roundTrip = { try JSONEncoder().encode(try JSONDecoder().decode(type, from: $0)) }
        }

        var testDescription: String { "\(route) \(place)" }
    }

    private static let card: Set<String> = ["/score", "/counts"]
    private static let product: Set<String> = [
        "/score", "/counts", "/handle", "/vendor", "/type", "/picture", "/price_max", "/posts",
        "/variants/0/barcode", "/variants/0/grams", "/variants/0/weight_unit", "/variants/0/stock_policy",
    ]
    private static let payment: Set<String> = ["/refund_of", "/order", "/captured", "/expires_at"]

    static let cases: [Case] =
        [
            Case("post /v1/accounts", .body, SignUp.self), Case("post /v1/accounts", .answer(201), SignedIn.self),
            Case("post /v1/sessions", .body, SignIn.self), Case("post /v1/sessions", .answer(201), SignedIn.self),
            Case("post /v1/sessions/refresh", .body, Refresh.self),
            Case("post /v1/sessions/refresh", .answer(200), SignedIn.self),
            Case("get /v1/sessions", .answer(200), Page<Session>.self),
            Case("get /v1/me", .answer(200), Account.self), Case("patch /v1/me", .body, AccountChange.self),
            Case("get /v1/accounts/{account}", .answer(200), Person.self),
            Case("get /v1/accounts/{account}/followers", .answer(200), Page<Person>.self),
            Case("get /v1/friends", .answer(200), Page<Person>.self),
            Case("get /v1/blocks", .answer(200), Page<Person>.self),
            Case("post /v1/friend-requests", .body, FriendRequestDraft.self),
            Case("post /v1/friend-requests", .answer(200), FriendRequestOutcome.self),
            Case("get /v1/follow-requests", .answer(200), Page<FollowRequest>.self),
            Case("put /v1/follow-requests/settings", .body, FollowSettings.self),
            Case("get /v1/friend-requests", .answer(200), Page<FriendRequest>.self),
            Case("post /v1/posts", .body, PostDraft.self),
            Case("post /v1/posts", .answer(201), Post.self, leavesOut: ["/score"]),
            Case("patch /v1/posts/{post}", .body, PostDraft.self),
            Case("get /v1/posts/{post}", .answer(200), Post.self, leavesOut: ["/score"]),
            Case("get /v1/feed", .answer(200), Page<Post>.self, leavesOut: ["/score"]),
            Case("get /v1/posts/{post}/comments", .answer(200), Page<PlazaAPI.Comment>.self),
            Case("get /v1/posts/{post}/comments/changes", .answer(200), Page<CommentChange>.self),
            Case("post /v1/posts/{post}/comments", .body, CommentDraft.self),
            Case("post /v1/posts/{post}/comments", .answer(201), PlazaAPI.Comment.self),
            Case("get /v1/products", .answer(200), Page<ProductCard>.self, leavesOut: card),
            Case("get /v1/products/{product}", .answer(200), Product.self, leavesOut: product),
            Case("get /v1/cart", .answer(200), Cart.self, leavesOut: ["/shops/0/shop/state"]),
            Case("put /v1/cart/lines/{variant}", .body, CartLineDraft.self),
            Case("post /v1/checkout", .body, Checkout.self), Case("post /v1/checkout", .answer(201), OrderReceipt.self),
            Case("get /v1/orders", .answer(200), Page<Order>.self),
            Case("get /v1/orders/{order}", .answer(200), Order.self, leavesOut: ["/parts/0/lines/0/sku"]),
            Case("post /v1/orders/{order}/cancel", .body, OrderAction.self),
            Case("post /v1/orders/{order}/ship", .answer(200), OrderReceipt.self),
            Case("get /v1/wallet", .answer(200), Wallet.self),
            Case("get /v1/wallet/entries", .answer(200), Page<WalletEntry>.self),
            Case("post /v1/wallet/transfers", .body, WalletTransferDraft.self),
            Case("post /v1/wallet/transfers", .answer(201), WalletTransfer.self),
            Case("post /v1/wallet/top-ups", .body, TopUp.self),
            Case("post /v1/wallet/top-ups", .answer(202), Payment.self, leavesOut: payment),
            Case("get /v1/wallet/payments", .answer(200), Page<Payment>.self, leavesOut: payment),
        ] + conversationCases + liveCases + noticeCases

    private static let conversationCases: [Case] = [
        Case("post /v1/conversations", .body, ConversationDraft.self),
        Case("post /v1/conversations", .answer(201), Conversation.self),
        Case("get /v1/conversations", .answer(200), Page<Conversation>.self),
        Case("get /v1/conversations/{conversation}", .answer(200), Conversation.self),
        Case("patch /v1/conversations/{conversation}", .body, ConversationChange.self),
        Case("put /v1/conversations/{conversation}/read", .body, ReadMark.self),
        Case("put /v1/conversations/{conversation}/read", .answer(200), ReadMarker.self),
        Case("get /v1/conversations/{conversation}/members", .answer(200), Page<Member>.self),
        Case("post /v1/conversations/{conversation}/members", .body, NewMembers.self),
        Case("post /v1/conversations/{conversation}/members", .answer(200), AddedMembers.self),
        Case("patch /v1/conversations/{conversation}/members/{account}", .body, MemberChange.self),
        Case("get /v1/conversations/{conversation}/messages", .answer(200), Page<Message>.self),
        Case("get /v1/conversations/{conversation}/changes", .answer(200), Page<Message>.self),
        Case("post /v1/conversations/{conversation}/messages", .body, MessageDraft.self),
        Case("post /v1/conversations/{conversation}/messages", .answer(201), Message.self),
        Case("patch /v1/conversations/{conversation}/messages/{sequence}", .body, MessageChange.self),
        Case("patch /v1/conversations/{conversation}/messages/{sequence}", .answer(200), Message.self),
    ]

    private static let liveCases: [Case] = [
        Case("post /v1/live", .body, LiveRoomDraft.self), Case("post /v1/live", .answer(201), LiveRoom.self),
        Case("get /v1/live", .answer(200), Page<LiveRoom>.self),
        Case("get /v1/live/{live}", .answer(200), LiveRoom.self),
        Case("get /v1/live/{live}/messages", .answer(200), Page<LiveMessage>.self),
        Case("post /v1/live/{live}/messages", .body, LiveMessageDraft.self),
        Case("post /v1/live/{live}/messages", .answer(201), LiveMessage.self),
        Case("put /v1/live/{live}/pinned-product", .body, ProductPin.self),
        Case("put /v1/live/{live}/slow-mode", .body, SlowMode.self),
    ]

    private static let noticeCases: [Case] = [
        Case("get /v1/notifications", .answer(200), Page<PlazaNotification>.self),
        Case("get /v1/notifications/unread", .answer(200), UnreadCount.self),
        Case("put /v1/notifications/read", .body, NotificationsRead.self),
        Case("put /v1/notifications/{notification}/read", .answer(200), UnreadCount.self),
        Case("get /v1/notifications/settings", .answer(200), NotificationSettings.self),
        Case("put /v1/notifications/settings", .body, NotificationSettings.self),
        Case("get /v1/presence", .answer(200), OnlineStates.self),
        Case("get /v1/presence/settings", .answer(200), PresenceSettings.self),
        Case("put /v1/presence/settings", .body, PresenceSettings.self),
        Case("post /v1/realtime/tickets", .answer(201), RealtimeTicket.self),
    ]

    /// Read once: putting a house together takes a while.
    private static let document = Document()

    private actor Document {
        private var json: JSONValue?

        func read() async throws -> JSONValue {
            if let json { return json }
            let json = try JSONValue(parsing: try await Plaza.openAPIDocument())
            self.json = json
            return json
        }
    }

    /// What is read is written again as it was: a member whose name is misspelt here would be missing.
    @Test(arguments: cases) func whatTheServerDocumentsIsRead(example: Case) async throws {
        let words = example.route.split(separator: " ").map { String($0) }
        let operation = try #require(try await Self.document.read()["paths"]?[words[1]]?[words[0]])
        let content =
            switch example.place {
            case .body: operation["requestBody"]?["content"]
            case .answer(let status): operation["responses"]?[String(status)]?["content"]
            }
        let documented = try #require(content?["application/json"]?["example"])
        let data = Data(documented.text.utf8)
        let written = try JSONValue(parsing: Array(try example.roundTrip(data)))
        #expect(written.members == documented.members.filter { !example.leavesOut.contains($0) })
    }
}

extension Set<String> {
    /// Whether a member is in one of these places, of itself or of a page's first item.
    fileprivate func contains(_ member: JSONValue.Member) -> Bool {
        let path = member.path.hasPrefix("/items/0") ? String(member.path.dropFirst(8)) : member.path
        return contains { path == $0 || path.hasPrefix($0 + "/") }
    }
}

extension JSONValue {
    /// Places and values of all that is not null, however deep.
    fileprivate var members: Set<Member> {
        var members: Set<Member> = []
        collect(in: "", into: &members)
        return members
    }

    fileprivate struct Member: Hashable {
        let path: String
        let value: JSONValue
    }

    private func collect(in path: String, into members: inout Set<Member>) {
        switch self {
        case .object(let object):
            for (name, value) in object { value.collect(in: "\(path)/\(name)", into: &members) }
        case .array(let items):
            for (index, item) in items.enumerated() { item.collect(in: "\(path)/\(index)", into: &members) }
        case .null: break
        default: members.insert(Member(path: path, value: self))
        }
    }
}
