package import Core

/// Shapes that several slices answer with, each once.
extension Schema {
    /// Somebody as they are shown beside what they did.
    package static let personShort = Schema.named(
        "PersonShort",
        .object([
            .required("id", .id(of: Account.self)),
            .required("handle", .text(1...60)),
            .required("display_name", .text(0...Account.displayNameLength.upperBound)),
            .required("avatar_url", .nullable(.text(1...Account.avatarURLLengthMax))),
        ]))

    package static let personShortExample: JSON = [
        "id": "acc_0D3PZ7XGQW4K1", "handle": "ann", "display_name": "Ann", "avatar_url": nil,
    ]

    /// Where a realtime channel stood before what is beside it was read.
    package static let channelPosition = Schema.named(
        "ChannelPosition",
        .object([
            .required("channel", .text(3...64)), .required("epoch", .text(1...64)),
            .required("offset", .integer(0...(.max))),
        ]))

    package static func channelPositionExample(_ channel: String) -> JSON {
        ["channel": .string(channel), "epoch": "k3", "offset": 41]
    }
}
