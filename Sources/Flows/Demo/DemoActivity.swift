import Core
import Social

/// A post and what people do with it.
struct DemoActivity: Sendable {
    let post: ImportedPost
    private let likes: [(account: ID<Account>, at: Timestamp)]
    private let comments: [(account: ID<Account>, text: String, at: Timestamp)]
    private let watches: [(account: ID<Account>, count: Int64)]

    private static let reactionsMax = 200

    /// - Parameter origin: where browsers will find the pictures; nil for posts without any.
    init(
        at time: Timestamp, until end: Timestamp, people: [ID<Account>], origin: String?, _ random: inout SplitMix64
    ) {
        // Few write much: a quarter of the people half of the posts.
        let spread = random.fraction()
        let author = people[min(people.count - 1, Int(spread * spread * Double(people.count)))]
        let picture = origin == nil ? nil : Self.picture(&random)
        post = ImportedPost(
            author: author,
            caption: picture.map { DemoWords.caption(of: $0, &random) } ?? DemoWords.caption(&random),
            media: Self.media(picture, origin, &random), publishedAt: time)

        // Pareto: most posts get a few reactions, one in a thousand hundreds.
        let attention = 2 / (random.fraction() + 0.005)
        func count(_ share: Double, _ random: inout SplitMix64) -> Int {
            min(Self.reactionsMax, people.count, Int(attention * share + random.fraction()))
        }
        func moment(within seconds: Int64, _ random: inout SplitMix64) -> Timestamp {
            min(end, time.advanced(bySeconds: Int64(random.fraction() * Double(seconds))))
        }
        func somebody(_ random: inout SplitMix64) -> ID<Account> {
            people[Int(random.next(below: people.count))]
        }
        likes = (0..<count(0.5, &random)).map { _ in (somebody(&random), moment(within: 86_400, &random)) }
        comments = (0..<count(0.1, &random)).map { _ in
            (somebody(&random), DemoWords.remark(on: picture, &random), moment(within: 7_200, &random))
        }
        watches = (0..<count(1, &random)).map { _ in (somebody(&random), Int64(1 + random.next(below: 3))) }
    }

    /// Three posts of four have one.
    private static func picture(_ random: inout SplitMix64) -> DemoPicture? {
        guard random.next(below: 4) > 0 else { return nil }
        return DemoPicture(
            thing: random.next(below: DemoPicture.things.count), number: random.next(below: DemoPicture.variety))
    }

    /// Of what is shown, one time in eight in four places.
    private static func media(_ picture: DemoPicture?, _ origin: String?, _ random: inout SplitMix64) -> JSON {
        guard let picture, let origin else { return [] }
        let isSeries = random.next(below: 8) == 0
        let pictures =
            isSeries
            ? (1..<4).reduce(into: [picture]) { all, _ in all.append(all[all.count - 1].elsewhere()) } : [picture]
        return .array(pictures.map { $0.media(origin) })
    }

    static func reactions(_ activity: [DemoActivity], to posts: [ID<Post>]) -> ImportedReactions {
        var reactions = ImportedReactions()
        for (activity, post) in zip(activity, posts) {
            reactions.likes += activity.likes.map { .init(account: $0.account, post: post, at: $0.at) }
            reactions.watches += activity.watches.map { .init(account: $0.account, post: post, count: $0.count) }
            reactions.comments += activity.comments.map {
                // An id may be later than its time when many are made at once; a comment never precedes its post.
                .init(post: post, author: $0.account, text: $0.text, at: max($0.at, post.createdAt))
            }
        }
        reactions.comments.sort { $0.at < $1.at }
        return reactions
    }
}

/// Who follows whom, by numbers, while people join one after the other.
///
/// Preferential attachment (A.-L. Barabási and R. Albert, "Emergence of Scaling in Random Networks", Science 1999): a
/// newcomer follows whom others follow, or now and then anybody. Instead of all edges a sample of fixed size is kept.
struct DemoGraph {
    private static let sampleSize = 1 << 18

    let followsPerPerson: Int
    /// Followees of edges, each with equal chance to be among them.
    private var sample: [Int32] = []
    private var edgesSeen = 0

    init(followsPerPerson: Int) {
        self.followsPerPerson = followsPerPerson
    }

    /// The edges that appear when person `number` joins.
    mutating func edges(of number: Int, _ random: inout SplitMix64) -> [(follower: Int, followee: Int)] {
        var followees: Set<Int> = []
        var edges: [(follower: Int, followee: Int)] = []
        for _ in 0..<min(followsPerPerson, number) {
            let followee = followee(before: number, &random)
            guard followees.insert(followee).inserted else { continue }
            edges.append((number, followee))
            // One in five follows back.
            if random.next(below: 5) == 0 { edges.append((followee, number)) }
        }
        for edge in edges { keep(Int32(edge.followee), &random) }
        return edges
    }

    private func followee(before number: Int, _ random: inout SplitMix64) -> Int {
        if sample.isEmpty || random.next(below: 4) == 0 { return Int(random.next(below: number)) }
        return min(number - 1, Int(sample[random.next(below: sample.count)]))
    }

    private mutating func keep(_ followee: Int32, _ random: inout SplitMix64) {
        edgesSeen += 1
        if sample.count < Self.sampleSize {
            sample.append(followee)
        } else {
            let place = random.next(below: edgesSeen)
            if place < sample.count { sample[place] = followee }
        }
    }
}

extension SplitMix64 {
    mutating func fraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    mutating func next(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[next(below: elements.count)]
    }
}
