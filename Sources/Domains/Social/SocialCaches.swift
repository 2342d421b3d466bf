import Cache
import Core
import Telemetry

/// What Social keeps in memory so that a page that was read before needs no statement.
///
/// Everything here is exact: what a commit changes is dropped after the commit and before its writer hears of it, and
/// what was read before the commit is not kept after it. Each file that writes says what it drops, in the words of
/// `SocialService+Dropping.swift`.
struct SocialCaches: Sendable {
    /// Posts as everybody sees them.
    let cards: Cache<ID<Post>, PostCard>
    /// The first comments of posts, as those see them whom no block concerns.
    let comments: Cache<ID<Post>, FirstComments>
    /// How viewers stand to people and posts.
    let relations: Cache<ID<Account>, Relations>
    /// The first page of home feeds. Besides being dropped, it is out of date with ``pulled``.
    let homes: Cache<ID<Account>, FeedPage>
    /// Pages of explore as visitors see them, out of date with ``ranking``.
    let ranks: Cache<RankedPosition, FeedPage>
    /// The first page of the posts that tag a product, as visitors see it.
    let tagging: Cache<ID<Product>, FeedPage>

    let foundPosts: FoundPages
    let foundPeople: FoundPages

    /// Any post's score, visibility or existence.
    let ranking = Generation()
    /// Posts of pulled authors: they are in home feeds without a row in each.
    let pulled = Generation()

    init(limits: SocialLimits, registry: MetricRegistry) {
        cards = Cache(name: "post_cards", costMax: limits.cardCacheBytes, registry: registry)
        comments = Cache(name: "first_comments", costMax: limits.commentCacheBytes, registry: registry)
        relations = Cache(name: "relations", costMax: limits.relationCacheBytes, registry: registry)
        homes = Cache(name: "home_pages", costMax: limits.homeCacheBytes, registry: registry)
        ranks = Cache(name: "explore_pages", costMax: limits.exploreCacheBytes, registry: registry)
        tagging = Cache(name: "product_posts", costMax: limits.taggingCacheBytes, registry: registry)
        foundPosts = FoundPages(name: "found_posts", registry: registry)
        foundPeople = FoundPages(name: "found_people", registry: registry)
    }
}
