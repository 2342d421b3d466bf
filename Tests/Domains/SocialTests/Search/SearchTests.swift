import Core
import Social
import Testing

struct SearchTests {
    private func search(_ plaza: SocialFixture, _ query: String, limit: Int = 5) async throws -> [ID<Post>] {
        try await plaza.social.searchPosts(query, cursor: nil, limit: limit, viewer: nil).items.map(\.card.id)
    }

    @Test func aSearchAgainFindsWhatCameAndMissesWhatWent() async throws {
        try await withSocial { plaza in
            let ann = try await plaza.person("ann")
            let first = try await plaza.publish("blue glaze", by: ann)
            try await plaza.index()
            for _ in 0..<2 { #expect(try await search(plaza, "blue glaze") == [first]) }
            let second = try await plaza.publish("glaze of blue", by: ann)
            try await plaza.index()
            for _ in 0..<2 { #expect(try await search(plaza, "blue glaze") == [second, first]) }
            #expect(try await search(plaza, "blue glaze", limit: 1) == [second])
            try await plaza.social.delete(second, by: ann, isModerator: false)
            #expect(try await search(plaza, "blue glaze") == [first])
            try await plaza.index()
            #expect(try await search(plaza, "blue glaze") == [first])
        }
    }

    @Test func aSearchAgainFindsPeopleWhoCame() async throws {
        try await withSocial { plaza in
            for count in 1...3 {
                _ = try await plaza.person("potter.\(count)")
                try await plaza.index()
                for _ in 0..<2 {
                    let found = try await plaza.social.searchPeople("potter", cursor: nil, limit: 5, viewer: nil)
                    #expect(found.items.count == count)
                }
            }
        }
    }
}
