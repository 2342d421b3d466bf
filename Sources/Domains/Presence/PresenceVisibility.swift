/// Who may see whether somebody is online, and when they were last. Stored by raw value.
package enum PresenceVisibility: Int64, Sendable, CaseIterable {
    /// Whom no block bars.
    case everybody = 0
    /// Unless told otherwise.
    case friends = 1
    case nobody = 2
    /// Of somebody who has left: nothing is written about them any more.
    case erased = 3

    /// Those that one can choose.
    static let choices = [everybody, friends, nobody]

    var name: String {
        switch self {
        case .everybody: "everybody"
        case .friends: "friends"
        case .nobody, .erased: "nobody"
        }
    }

    init?(name: String) {
        guard let visibility = Self.choices.first(where: { $0.name == name }) else { return nil }
        self = visibility
    }

    var showsFriends: Bool { self == .everybody || self == .friends }
}
