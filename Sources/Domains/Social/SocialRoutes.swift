import Core
package import HTTP

extension SocialService {
    /// Every route of the slice.
    package var routes: [Route] {
        feedRoutes + postRoutes + commentRoutes + personRoutes + friendRoutes + searchRoutes
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
        .page(page.items, next: page.next) { json, post in post.write(to: &json) }
    }

    static func comments(_ page: Page<Comment>) -> Reply {
        .page(page.items, next: page.next) { json, comment in comment.write(to: &json) }
    }

    static func people(_ page: Page<Person>) -> Reply {
        .page(page.items, next: page.next) { json, person in person.write(to: &json) }
    }
}
