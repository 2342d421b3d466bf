import App
import ArgumentParser
import Core
import Flows

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Fill an empty directory with a shop and a lively crowd. Stop the server first.",
        discussion: """
            The same size and seed make the same crowd: a few people whom many follow, and many whom a few do; posts with
            pictures, likes, comments and watches. The first four have shops: products, orders in every state,
            conversations and live rooms. Everybody has the same password, so that one can sign in as anyone.
            """)
    @OptionGroup var shared: SharedOptions
    @Option(help: "How many people, 2 to 1000000.") var people = 1_000
    @Option(help: "How many posts; ten a person unless told.") var posts: Int?
    @Option(help: "How many each follows on average.") var follows = 20
    @Option(help: "What chance begins with.") var seed: UInt64 = 1
    @Option(help: "Everybody's password.") var password = "plaza demo"
    @Option(help: "Where browsers will find the server, and with it the pictures.") var origin = "http://127.0.0.1:8080"
    @Flag(help: "A crowd alone: no pictures, shops, orders or conversations.") var bare = false
    @Flag(help: "For scripts.") var json = false

    func validate() throws {
        guard (2...1_000_000).contains(people) else { throw ValidationError("--people is 2 to 1000000.") }
        guard (0...100_000_000).contains(posts ?? 0) else { throw ValidationError("--posts is 0 to 100000000.") }
        guard (0...1_000).contains(follows) else { throw ValidationError("--follows is 0 to 1000.") }
        guard origin.hasPrefix("http://") || origin.hasPrefix("https://"), !origin.hasSuffix("/") else {
            throw ValidationError("--origin is like http://127.0.0.1:8080, without a slash at its end.")
        }
    }

    func run() async throws {
        let size = Demo.Size(
            people: people, postsPerPerson: posts.map { ($0 + people - 1) / people } ?? 10, followsPerPerson: follows)
        let line = ProgressLine("demo")
        let (report, shop) = try await shared.withPlaza(.making) { plaza in
            defer { line.finish() }
            let report = try await plaza.demo.run(
                seed: seed, size: size, password: password, origin: bare ? nil : origin
            ) { report in
                let made = report.people + report.posts
                line.show(count: made, unit: "people and posts", share: Double(made) / Double(size.people + size.posts))
            }
            guard !bare, people >= DemoShop.peopleMin else { return (report, DemoShopReport?.none) }
            let visitors = try await plaza.demoPeople(min(people, DemoShop.peopleMax))
            return (report, try await plaza.demoShop(origin: origin).open(with: visitors, seed: seed))
        }
        if json {
            Output.json(report.json(shop))
        } else {
            Output.say(report.text)
            if let shop { Output.say(shop.text) }
            Output.say("Next: plaza serve, then sign in at \(origin) as \(Demo.firstHandle), password: \(password)")
        }
    }
}

extension DemoReport {
    fileprivate var text: String {
        """
        \(people) people, \(follows) follows, \(posts) posts, \(likes) likes, \(comments) comments and \(watches) watches.
        """
    }

    fileprivate func json(_ shop: DemoShopReport?) -> JSON {
        [
            "people": .integer(Int64(people)), "follows": .integer(Int64(follows)), "posts": .integer(Int64(posts)),
            "likes": .integer(Int64(likes)), "comments": .integer(Int64(comments)), "watches": .integer(Int64(watches)),
            "timelines": .integer(Int64(timelines)), "seconds": .number(seconds), "shop": shop?.json ?? .null,
        ]
    }
}

extension DemoShopReport {
    fileprivate var text: String {
        """
        \(shops) shops, \(products) products, \(posts) posts that show them, \(orders) orders in every state, \
        \(waiting) places in lines, \(messages) messages and \(liveRooms) live rooms.
        """
    }

    fileprivate var json: JSON {
        [
            "shops": .integer(Int64(shops)), "products": .integer(Int64(products)), "posts": .integer(Int64(posts)),
            "orders": .integer(Int64(orders)), "waiting": .integer(Int64(waiting)),
            "messages": .integer(Int64(messages)), "live_rooms": .integer(Int64(liveRooms)),
        ]
    }
}
