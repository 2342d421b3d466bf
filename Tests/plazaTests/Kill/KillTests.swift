import Core
import Foundation
import PlazaTesting
import Synchronization
import Testing

/// What was answered survives whatever happens to the process the moment after.
extension ServerTests {
    @Suite struct KillTests {
        private static let rounds = 8
        private static let clients = 5

        @Test(arguments: [UInt64(1)]) func whatWasAcknowledgedSurvivesKill(seed: UInt64) async throws {
            try await withTemporaryDirectory { directory in
                var random = SplitMix64(seed: seed)
                let crowd = Crowd()
                try await withServer(in: directory) { server in
                    for index in 0..<Self.clients { try await crowd.signUp("client\(index)", at: server.port) }
                }
                for round in 0..<Self.rounds {
                    let before = crowd.writeCount
                    let milliseconds = Int.random(in: 50...500, using: &random)
                    try await crash(directory, after: milliseconds, crowd: crowd, seed: random.next())
                    let context = "seed \(seed), round \(round), killed after \(milliseconds) ms"
                    #expect(crowd.writeCount > before, "\(context): nothing was written")
                    try await expectVerified(directory, context)
                    try await withServer(in: directory) { server in
                        try await crowd.expectEverything(at: server.port, context)
                    }
                }
                try await expectVerified(directory, "seed \(seed), after the last round")
            }
        }

        /// Lets the crowd at a server, and kills it.
        private func crash(_ directory: String, after milliseconds: Int, crowd: Crowd, seed: UInt64) async throws {
            let server = try await PlazaServer(in: directory)
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<Self.clients {
                    group.addTask { await crowd.write(as: index, at: server.port, seed: seed &+ UInt64(index)) }
                }
                group.addTask {
                    // Signing up takes its time: most of these are torn.
                    try? await crowd.signUp("late\(seed)", at: server.port)
                }
                try? await Task.sleep(for: .milliseconds(milliseconds))
                await server.killAtOnce()
            }
        }

        private func expectVerified(_ directory: String, _ context: String) async throws {
            let outcome = try await PlazaCommand().run("verify", "--json", "--data-dir", directory)
            #expect(outcome.status == 0, "\(context): \(outcome.output) \(outcome.complaints)")
            #expect(outcome.json["ok"] == true, "\(context)")
        }
    }
}

/// Clients that write as fast as they can and remember what was acknowledged.
final class Crowd: Sendable {
    struct Client: Sendable {
        let id: String
        let handle: String
        let token: String
    }

    private struct Acknowledged {
        var clients: [Client] = []
        /// Captions by post, texts by comment.
        var posts: [(id: String, caption: String)] = []
        var comments: [(id: String, post: String, text: String)] = []
        var likes: [(client: Int, post: String)] = []
        var follows: [(client: Int, followee: Int)] = []
        /// What has been looked for already, in each of the lists above.
        var seen = (posts: 0, comments: 0, likes: 0)

        var count: Int { posts.count + comments.count + likes.count + follows.count }
    }

    private let acknowledged = Mutex(Acknowledged())

    var writeCount: Int { acknowledged.withLock(\.count) }

    func signUp(_ handle: String, at port: Int) async throws {
        let body: JSON = [
            "handle": .string(handle), "display_name": .string(handle), "password": "tulips and kilns",
        ]
        let response = try await withWire(port: port, host: "127.0.0.1") {
            try await $0.callPatiently(
                "POST", "/v1/accounts", headers: "X-Forwarded-For: \(handle)\r\n", body: body)
        }
        guard response.status == 201, let id = response.json["account"]?["id"]?.string,
            let token = response.json["session"]?["access_token"]?.string
        else { return }
        acknowledged.withLock { $0.clients.append(Client(id: id, handle: handle, token: token)) }
    }

    /// Writes until the server is gone.
    func write(as index: Int, at port: Int, seed: UInt64) async {
        try? await withWire(port: port, host: "127.0.0.1") { wire in
            var random = SplitMix64(seed: seed)
            while true { try await self.writeOnce(as: index, &wire, &random) }
        }
    }

    private func writeOnce(as index: Int, _ wire: inout Wire, _ random: inout SplitMix64) async throws {
        let (clients, post) = acknowledged.withLock { ($0.clients, $0.posts.randomElement(using: &random)?.id) }
        let token = clients[index].token
        let text = "text \(random.next())"
        switch (Int.random(in: 0..<10, using: &random), post) {
        case (0..<4, _), (_, nil):
            let response = try await wire.call("POST", "/v1/posts", token: token, body: ["caption": .string(text)])
            guard response.status == 201, let id = response.json["id"]?.string else { return }
            acknowledged.withLock { $0.posts.append((id, text)) }
        case (4..<6, let post?):
            let response = try await wire.call("PUT", "/v1/posts/\(post)/like", token: token)
            guard response.status == 204 else { return }
            acknowledged.withLock { $0.likes.append((index, post)) }
        case (6..<9, let post?):
            let response = try await wire.call(
                "POST", "/v1/posts/\(post)/comments", token: token, body: ["text": .string(text)])
            guard response.status == 201, let id = response.json["id"]?.string else { return }
            acknowledged.withLock { $0.comments.append((id, post, text)) }
        case (_, _?):
            let followee = (index + Int.random(in: 1..<5, using: &random)) % 5
            let response = try await wire.call("PUT", "/v1/accounts/\(clients[followee].id)/follow", token: token)
            guard response.status == 204 else { return }
            acknowledged.withLock { $0.follows.append((index, followee)) }
        }
    }

    /// Looks for all that was acknowledged since the last time, and for all edges.
    func expectEverything(at port: Int, _ context: String) async throws {
        let all = acknowledged.withLock { $0 }
        try await withWire(port: port, host: "127.0.0.1") { wire in
            for client in all.clients {
                let response = try await wire.call("GET", "/v1/me", token: client.token)
                #expect(response.json["handle"]?.string == client.handle, "\(context): \(client.handle)")
            }
            for post in all.posts[all.seen.posts...] {
                let response = try await wire.call("GET", "/v1/posts/\(post.id)")
                #expect(response.json["caption"]?.string == post.caption, "\(context): post \(post.id)")
            }
            for like in all.likes[all.seen.likes...] {
                let token = all.clients[like.client].token
                let response = try await wire.call("GET", "/v1/posts/\(like.post)", token: token)
                #expect(response.json["is_liked"] == true, "\(context): like of \(like.post) by \(like.client)")
            }
            for follow in all.follows {
                let path = "/v1/accounts/\(all.clients[follow.followee].id)"
                let response = try await wire.call("GET", path, token: all.clients[follow.client].token)
                #expect(response.json["is_following"] == true, "\(context): \(follow)")
            }
            try await self.expectComments(Array(all.comments[all.seen.comments...]), &wire, context)
        }
        acknowledged.withLock { $0.seen = (all.posts.count, all.comments.count, all.likes.count) }
    }

    private func expectComments(
        _ comments: [(id: String, post: String, text: String)], _ wire: inout Wire, _ context: String
    ) async throws {
        var found: [String: String] = [:]
        for post in Set(comments.map(\.post)) {
            var cursor: String?
            repeat {
                let rest = cursor.map { "&cursor=\($0)" } ?? ""
                let page = try await wire.call("GET", "/v1/posts/\(post)/comments?limit=100\(rest)").json
                for comment in page["items"]?.array ?? [] {
                    found[comment["id"]?.string ?? ""] = comment["text"]?.string
                }
                cursor = page["next"]?.string
            } while cursor != nil
        }
        for comment in comments {
            #expect(found[comment.id] == comment.text, "\(context): comment \(comment.id)")
        }
    }
}
