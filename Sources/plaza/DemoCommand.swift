import App
import ArgumentParser
import Core
import Flows

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Fill an empty directory with a lively crowd. Stop the server first.",
        discussion: """
            The same size and seed make the same crowd: a few people whom many follow, and many whom a few do; posts,
            likes, comments and watches. Everybody has the same password, so that one can sign in as anyone.
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
            let hasShops = !bare && people >= 8
            return (
                report,
                hasShops ? try await plaza.demoShop(origin: origin).open(with: plaza.demoPeople(min(people, 200))) : nil
            )
        }
        if json {
            Output.json(report.json)
        } else {
            if let shop {
                Output.say(
                    "2 shops, \(shop.products) products, \(shop.orders) orders, \(shop.messages) messages, a live room."
                )
            }
            Output.say(
                "\(report.people) people, \(report.follows) follows, \(report.posts) posts, \(report.likes) likes,")
            Output.say(
                "\(report.comments) comments and \(report.watches) watches. Sign in as \(Demo.firstHandle), password: \(password)"
            )
        }
    }
}

extension DemoReport {
    fileprivate var json: JSON {
        [
            "people": .integer(Int64(people)), "follows": .integer(Int64(follows)), "posts": .integer(Int64(posts)),
            "likes": .integer(Int64(likes)), "comments": .integer(Int64(comments)), "watches": .integer(Int64(watches)),
            "timelines": .integer(Int64(timelines)), "seconds": .number(seconds),
        ]
    }
}
