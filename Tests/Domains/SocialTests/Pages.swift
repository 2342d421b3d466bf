import Core
import Storage

@testable import Social

/// Everything that somebody can read of a few posts, as text that can be compared.
struct Pages {
    let social: SocialService
    let viewer: ID<Account>?

    /// By name: an answer's JSON, or why there is none.
    func all(posts: [ID<Post>], authors: [ID<Account>]) async throws -> [String: String] {
        var pages: [String: String] = [:]
        if let viewer {
            pages["home"] = try await text { try await feed { try await home(of: viewer, $0) } }
        }
        pages["explore"] = try await text { try await feed { try await explore($0) } }
        for post in posts {
            pages["\(post)"] = try await text {
                let (view, comments) = try await social.post(post, viewer: viewer)
                return [written(view), written(comments)]
            }
            pages["comments of \(post)"] = try await text {
                let page = try await social.comments(
                    of: post, cursor: nil, limit: social.limits.firstComments, viewer: viewer)
                return [written(page)]
            }
        }
        for author in authors {
            pages["posts of \(author)"] = try await text {
                try await feed {
                    try await social.posts(by: .id(author), cursor: $0, limit: 3, viewer: viewer)
                }
            }
        }
        for product in Self.products {
            pages["posts tagging \(product)"] = try await text {
                try await feed {
                    try await social.posts(tagging: product, cursor: $0, limit: 3, viewer: viewer)
                }
            }
        }
        return pages
    }

    /// What posts tag, if anything.
    static let products: [ID<Product>] = [ID(rawValue: 5), ID(rawValue: 6), ID(rawValue: 7)]

    private func home(of viewer: ID<Account>, _ cursor: String?) async throws -> Page<PostView> {
        try await social.homeFeed(of: viewer, cursor: cursor, limit: 3)
    }

    private func explore(_ cursor: String?) async throws -> Page<PostView> {
        try await social.exploreFeed(for: viewer, cursor: cursor, limit: 3)
    }

    /// Its first two pages.
    private func feed(_ page: (String?) async throws -> Page<PostView>) async throws -> [String] {
        let first = try await page(nil)
        var lines = first.items.map(written) + [first.next ?? "end"]
        guard let next = first.next else { return lines }
        let second = try await page(next)
        lines += second.items.map(written) + [second.next ?? "end"]
        return lines
    }

    private func text(_ lines: () async throws -> [String]) async throws -> String {
        do {
            return try await lines().joined(separator: "\n")
        } catch let error as SocialError {
            return "\(error)"
        }
    }

    private func written(_ view: PostView) -> String {
        var json = JSONWriter()
        view.write(to: &json)
        return String(decoding: json.finish(), as: UTF8.self)
    }

    private func written(_ comments: CommentPage) -> String {
        var json = JSONWriter()
        comments.page.write(to: &json)
        return String(decoding: json.finish(), as: UTF8.self) + " at \(comments.revision)"
    }
}
