/// What somebody is told of. Stored by raw value.
enum NotificationKind: Int64, Sendable, CaseIterable {
    case followed = 1
    case liked = 2
    case commented = 3
    case friendRequested = 4
    case friendAccepted = 5
    case ordered = 6
    case shipped = 7
    case delivered = 8
    case refunded = 9
    case offered = 10
    case messaged = 11
    case followRequested = 12
    case followApproved = 13

    /// Stable, for programs.
    var name: String {
        switch self {
        case .followed: "followed"
        case .liked: "liked"
        case .commented: "commented"
        case .friendRequested: "friend_requested"
        case .friendAccepted: "friend_accepted"
        case .ordered: "ordered"
        case .shipped: "shipped"
        case .delivered: "delivered"
        case .refunded: "refunded"
        case .offered: "offered"
        case .messaged: "messaged"
        case .followRequested: "follow_requested"
        case .followApproved: "follow_approved"
        }
    }

    init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }

    /// What it is about; nil where that is the person themselves.
    var subjectType: String? {
        switch self {
        case .followed, .friendAccepted, .followApproved: nil
        case .liked, .commented: "post"
        case .friendRequested: "friend_request"
        case .followRequested: "follow_request"
        case .ordered, .shipped, .delivered, .refunded: "order"
        case .offered: "variant"
        case .messaged: "conversation"
        }
    }

    static let subjectTypes = ["post", "friend_request", "follow_request", "order", "variant", "conversation"]
}

/// Kinds that somebody has switched off, a bit each.
struct MutedKinds: Sendable, Equatable {
    private(set) var bits: Int64

    /// Of somebody who has left: nothing is written for them any more.
    static let everything = MutedKinds(bits: -1)

    init(bits: Int64) {
        self.bits = bits
    }

    init(_ kinds: some Sequence<NotificationKind>) {
        bits = kinds.reduce(0) { $0 | 1 << $1.rawValue }
    }

    func contains(_ kind: NotificationKind) -> Bool {
        bits & 1 << kind.rawValue != 0
    }

    var kinds: [NotificationKind] { NotificationKind.allCases.filter(contains) }
}
