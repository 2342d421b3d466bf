package import Core

/// What the channels of one owner carry: what `/asyncapi.json` prints, and what tests hold pushes to.
package struct ChannelShape: Sendable {
    /// Who hears such a channel.
    package let about: String
    /// What the part after the colon is called, `post`.
    package let key: String
    /// And what it looks like, `pst_0D3PZ7XGQW4K1`.
    package let keyExample: String
    package let pushes: [PushShape]
    /// What subscribers publish.
    package let commands: [CommandShape]

    package init(
        _ about: String, key: String, keyExample: String, pushes: [PushShape], commands: [CommandShape] = []
    ) {
        self.about = about
        self.key = key
        self.keyExample = keyExample
        self.pushes = pushes
        self.commands = commands
    }
}

/// One type of push.
package struct PushShape: Sendable {
    package let type: String
    package let delivery: Push.Delivery
    package let about: String
    /// An object with every member that such a push has beside its `type`.
    package let example: JSON
    /// Members that may be null.
    package let nullable: Set<String>

    package init(
        _ type: String, _ delivery: Push.Delivery, _ about: String, _ example: JSON = [:],
        nullable: Set<String> = []
    ) {
        self.type = type
        self.delivery = delivery
        self.about = about
        self.example = example
        self.nullable = nullable
    }

    /// An ordered one.
    package init(_ type: String, _ about: String, _ example: JSON = [:], nullable: Set<String> = []) {
        self.init(type, .ordered, about, example, nullable: nullable)
    }

    /// How many hear a channel whose terms say that they are counted: told by the hub.
    package static let viewersCounted = PushShape(
        "viewers.counted", .newest, "How many sockets hear the channel.", ["count": 212])

    /// What is said of `push` is so: it has these members and no others.
    package func describes(_ push: Push) -> Bool {
        guard push.data["type"]?.string == type, push.delivery == delivery else { return false }
        guard case .object(let members) = push.data, case .object(let declared) = example else { return false }
        let others = members.filter { $0.name != "type" }
        return others.count == declared.count
            && declared.allSatisfy { member in
                guard let value = push.data[member.name] else { return false }
                return value == .null ? nullable.contains(member.name) : value.typeName == member.value.typeName
            }
    }
}

/// One thing that subscribers publish.
package struct CommandShape: Sendable {
    package let type: String
    package let about: String
    /// An object with every member of it beside its `type`.
    package let example: JSON
    /// What it is answered.
    package let answer: JSON

    package init(_ type: String, _ about: String, _ example: JSON = [:], answer: JSON = [:]) {
        self.type = type
        self.about = about
        self.example = example
        self.answer = answer
    }
}

extension JSON {
    /// An object with its `type` in front.
    package func typed(_ type: String) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object([.init(name: "type", value: .string(type))] + members)
    }
}
