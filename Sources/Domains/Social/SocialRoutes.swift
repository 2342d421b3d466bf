import Core
package import HTTP

extension SocialService {
    /// Every route of the slice.
    package var routes: [Route] {
        feedRoutes + postRoutes + commentRoutes + personRoutes + followRequestRoutes + friendRoutes + searchRoutes
    }
}

extension RouteRequest {
    /// A post, comment and so on of the viewer, who need not be signed in.
    var viewer: ID<Account>? { principal?.account }

    var isModerator: Bool { (principal?.role ?? .person) >= .moderator }

    /// `{account}` as an id or a handle.
    func personName() -> PersonName {
        let text = parameter("account")
        return ID<Account>(text).map(PersonName.id) ?? .handle(text)
    }
}

extension Reply {
    static func posts(_ page: Page<PostView>) -> Reply {
        var json = JSONWriter(capacity: page.items.reduce(64) { $0 + $1.capacity })
        json.object { json in
            json.name("items")
            json.array(page.items) { json, post in post.write(to: &json) }
            json.member("next", page.next)
        }
        return .json(json.finish())
    }

    static func comments(_ comments: CommentPage, _ position: PostPosition) -> Reply {
        var json = JSONWriter(capacity: comments.page.capacity + 128)
        json.object { json in
            comments.page.writeMembers(to: &json)
            json.member("revision", comments.revision)
            position.write(to: &json)
        }
        return .json(json.finish())
    }

    static func comments(_ page: Page<Comment>) -> Reply {
        var json = JSONWriter(capacity: page.capacity)
        page.write(to: &json)
        return .json(json.finish())
    }

    static func people(_ page: Page<Person>) -> Reply {
        .page(page.items, next: page.next) { json, person in person.write(to: &json) }
    }
}
