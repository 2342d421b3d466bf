import Core
import HTTPTypes
import Testing

/// What belongs to somebody else, is gone meanwhile, or makes no sense.
@Suite struct OtherPeopleTests {
    @Test func anotherPersonsThingsCannotBeChanged() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let post = try await plaza.publish("Bowls", by: ann)
            let comment = try await plaza.comment("Lovely", on: post, by: ann)
            for (method, path, body) in [
                (.patch, "/v1/posts/\(post)", ["caption": "Mine"]), (.delete, "/v1/posts/\(post)", nil),
                (.patch, "/v1/comments/\(comment)", ["text": "Mine"]), (.delete, "/v1/comments/\(comment)", nil),
            ] as [(HTTPRequest.Method, String, JSON?)] {
                let answer = try await plaza.send(method, path, as: ben, body: body)
                #expect(answer.status == .forbidden)
                #expect(answer.code == "not_yours", "\(method) \(path)")
            }
            let session = try await plaza.send(.delete, "/v1/sessions/\(ann.session)", as: ben)
            #expect(session.code == "session_not_found")
            #expect(try await plaza.send(.get, "/v1/me", as: ann).status == .ok)
            let seen = try await plaza.send(.get, "/v1/posts/\(post)")
            #expect(seen.json["caption"]?.string == "Bowls")
            #expect(seen.json["comments"]?["items"]?.array?.first?["text"]?.string == "Lovely")
        }
    }

    @Test func anotherPersonsFriendRequestIsNotThere() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let eve = try await plaza.signUp("eve")
            let asked = try await plaza.send(.post, "/v1/friend-requests", as: ann, body: ["account": .string(ben.id)])
            let id = try #require(asked.json["id"]?.string)
            for (method, path) in [
                (.post, "/v1/friend-requests/\(id)/accept"), (.delete, "/v1/friend-requests/\(id)"),
            ] as [(HTTPRequest.Method, String)] {
                #expect(try await plaza.send(method, path, as: eve).code == "friend_request_not_found")
            }
            let own = try await plaza.send(.post, "/v1/friend-requests/\(id)/accept", as: ann)
            #expect(own.code == "friend_request_not_found")
            #expect(try await plaza.send(.get, "/v1/friends", as: ann).items.isEmpty)
            #expect(try await plaza.send(.post, "/v1/friend-requests/\(id)/accept", as: ben).status == .noContent)
            let again = try await plaza.send(.post, "/v1/friend-requests", as: ben, body: ["account": .string(ann.id)])
            #expect(again.code == "already_friends")
        }
    }

    @Test func anotherPersonsNotificationsAreNotThere() async throws {
        try await withPlaza(isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            #expect(try await plaza.send(.put, "/v1/accounts/\(ann.id)/follow", as: ben).status == .noContent)
            try await plaza.settle()
            let list = try await plaza.send(.get, "/v1/notifications", as: ann)
            let id = try #require(list.items.first?["id"]?.string)
            #expect(try await plaza.send(.get, "/v1/notifications", as: ben).items.isEmpty)
            let one = try await plaza.send(.put, "/v1/notifications/\(id)/read", as: ben)
            #expect(one.code == "notification_not_found")
            let upTo: JSON = ["up_to": .string(id)]
            let all = try await plaza.send(.put, "/v1/notifications/read", as: ben, body: upTo)
            #expect(all.code == "notification_not_found")
            let nonsense = try await plaza.send(.put, "/v1/notifications/read", as: ben, body: ["up_to": "soon"])
            #expect(nonsense.faults == ["/up_to invalid_mark"])
            #expect(try await plaza.send(.get, "/v1/notifications/unread", as: ann).json["count"] == 1)
            // Whoever is blocked is named no more.
            #expect(try await plaza.send(.put, "/v1/accounts/\(ben.id)/block", as: ann).status == .noContent)
            let after = try await plaza.send(.get, "/v1/notifications", as: ann)
            #expect(after.items.first?["actors"]?.array?.isEmpty == true)
        }
    }

    @Test func nobodySeesMorePresenceThanTheyMay() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let path = "/v1/presence?accounts=\(ann.id)"
            func isSeen() async throws -> Bool {
                let answer = try await plaza.send(.get, path, as: ben)
                #expect(answer.status == .ok)
                return !answer.items.isEmpty
            }
            #expect(try await isSeen() == false)
            let asked = try await plaza.send(.post, "/v1/friend-requests", as: ann, body: ["account": .string(ben.id)])
            let id = try #require(asked.json["id"]?.string)
            #expect(try await plaza.send(.post, "/v1/friend-requests/\(id)/accept", as: ben).status == .noContent)
            #expect(try await isSeen())
            for (visibility, expected) in [("nobody", false), ("everybody", true)] {
                let body: JSON = ["visible_to": .string(visibility)]
                #expect(try await plaza.send(.put, "/v1/presence/settings", as: ann, body: body).status == .ok)
                #expect(try await isSeen() == expected)
            }
            #expect(try await plaza.send(.put, "/v1/accounts/\(ben.id)/block", as: ann).status == .noContent)
            #expect(try await isSeen() == false)
            let nonsense = try await plaza.send(.get, "/v1/presence?accounts=ann", as: ben)
            #expect(nonsense.faults == ["accounts invalid_id"])
        }
    }

    @Test func nobodyFollowsBlocksOrBefriendsThemselves() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            for (method, path, body) in [
                (.put, "/v1/accounts/\(ann.id)/follow", nil), (.put, "/v1/accounts/\(ann.id)/block", nil),
                (.post, "/v1/friend-requests", ["account": .string(ann.id)]),
            ] as [(HTTPRequest.Method, String, JSON?)] {
                let answer = try await plaza.send(method, path, as: ann, body: body)
                #expect(answer.status == .unprocessableContent)
                #expect(answer.code == "yourself", "\(path)")
            }
        }
    }

    @Test func whatIsDoneTwiceIsDoneOnce() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let post = try await plaza.publish(by: ann)
            for path in ["/v1/accounts/\(ann.id)/follow", "/v1/posts/\(post)/like"] {
                for method in [HTTPRequest.Method.put, .put, .delete, .delete, .put] {
                    #expect(try await plaza.send(method, path, as: ben).status == .noContent, "\(method) \(path)")
                }
            }
            let person = try await plaza.send(.get, "/v1/accounts/ann", as: ben).json
            #expect(person["counts"]?["followers"] == 1)
            #expect(person["is_following"] == true)
            #expect(try await plaza.send(.get, "/v1/posts/\(post)", as: ben).json["counts"]?["likes"] == 1)
        }
    }

    @Test func aBlockHidesEachFromTheOther() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let post = try await plaza.publish(by: ann)
            _ = try await plaza.send(.put, "/v1/accounts/\(ann.id)/follow", as: ben)
            _ = try await plaza.send(.put, "/v1/accounts/\(ben.id)/block", as: ann)
            for (method, path, body, code) in [
                (.put, "/v1/accounts/\(ann.id)/follow", nil, "account_not_found"),
                (.post, "/v1/friend-requests", ["account": .string(ann.id)], "account_not_found"),
                (.get, "/v1/accounts/ann", nil, "account_not_found"),
                (.get, "/v1/accounts/\(ann.id)/posts", nil, "account_not_found"),
                (.get, "/v1/posts/\(post)", nil, "post_not_found"),
                (.put, "/v1/posts/\(post)/like", nil, "post_not_found"),
                (.post, "/v1/posts/\(post)/comments", ["text": "a"], "post_not_found"),
            ] as [(HTTPRequest.Method, String, JSON?, String)] {
                let answer = try await plaza.send(method, path, as: ben, body: body)
                #expect(answer.status == .notFound)
                #expect(answer.code == code, "\(method) \(path)")
            }
            #expect(try await plaza.send(.get, "/v1/accounts/ben", as: ann).code == "account_not_found")
            #expect(try await plaza.send(.get, "/v1/accounts/ann").json["counts"]?["followers"] == 0)
        }
    }

    @Test func aPostForFollowersIsNotThereForOthers() async throws {
        try await withPlaza { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let post = try await plaza.publish("For friends", visibility: "followers", by: ann)
            #expect(try await plaza.send(.get, "/v1/posts/\(post)", as: ben).code == "post_not_found")
            #expect(try await plaza.send(.get, "/v1/posts/\(post)").code == "post_not_found")
            #expect(try await plaza.send(.get, "/v1/feed", as: ben).items.isEmpty)
            #expect(try await plaza.send(.get, "/v1/accounts/ann/posts", as: ben).items.isEmpty)
            _ = try await plaza.send(.put, "/v1/accounts/\(ann.id)/follow", as: ben)
            #expect(try await plaza.send(.get, "/v1/posts/\(post)", as: ben).status == .ok)
        }
    }

    @Test func aPostThatIsDeletedMeanwhileIsGone() async throws {
        try await withPlaza(isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let post = try await plaza.publish(by: ann)
            let comment = try await plaza.comment("Lovely", on: post, by: ben)
            _ = try await plaza.send(.put, "/v1/posts/\(post)/like", as: ben)
            #expect(try await plaza.send(.get, "/v1/posts/\(post)").status == .ok)
            #expect(try await plaza.send(.delete, "/v1/posts/\(post)", as: ann).status == .noContent)
            for isPurged in [false, true] {
                if isPurged { try await plaza.settle() }
                for (method, path, body, code) in [
                    (.get, "/v1/posts/\(post)", nil, "post_not_found"),
                    (.delete, "/v1/posts/\(post)", nil, "post_not_found"),
                    (.patch, "/v1/posts/\(post)", ["caption": "a"], "post_not_found"),
                    (.put, "/v1/posts/\(post)/like", nil, "post_not_found"),
                    (.get, "/v1/posts/\(post)/comments", nil, "post_not_found"),
                    (.post, "/v1/posts/\(post)/comments", ["text": "a"], "post_not_found"),
                    (.get, "/v1/comments/\(comment)/replies", nil, "comment_not_found"),
                ] as [(HTTPRequest.Method, String, JSON?, String)] {
                    let answer = try await plaza.send(method, path, as: ann, body: body)
                    #expect(answer.code == code, "\(method) \(path), purged: \(isPurged)")
                }
                #expect(try await plaza.send(.get, "/v1/feed").items.isEmpty)
            }
            #expect(
                try await plaza.send(.patch, "/v1/comments/\(comment)", as: ben, body: ["text": "b"]).code
                    == "comment_not_found")
            #expect(try await plaza.send(.get, "/v1/accounts/ann").json["counts"]?["posts"] == 0)
        }
    }

    @Test func anErasedAccountIsGoneEverywhere() async throws {
        try await withPlaza(isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let post = try await plaza.publish(by: ann)
            _ = try await plaza.send(.put, "/v1/accounts/\(ann.id)/follow", as: ben)
            let body: JSON = ["password": .string(PlazaFixture.password)]
            #expect(
                try await plaza.send(.delete, "/v1/me", as: ann, body: ["password": "wrong"]).code == "wrong_password")
            #expect(try await plaza.send(.delete, "/v1/me", as: ann, body: body).status == .noContent)
            #expect(try await plaza.send(.get, "/v1/me", as: ann).code == "invalid_token")
            try await plaza.settle()
            #expect(try await plaza.send(.get, "/v1/accounts/ann").code == "account_not_found")
            #expect(try await plaza.send(.get, "/v1/accounts/\(ann.id)").code == "account_not_found")
            #expect(try await plaza.send(.get, "/v1/posts/\(post)").code == "post_not_found")
            #expect(try await plaza.send(.get, "/v1/accounts/\(ben.id)/following").items.isEmpty)
            let again: JSON = [
                "handle": "ann", "password": .string(PlazaFixture.password), "display_name": "Not Ann",
            ]
            #expect(try await plaza.send(.post, "/v1/accounts", body: again).code == "handle_taken")
        }
    }
}

extension PlazaFixture {
    /// - Returns: the comment's id.
    func comment(_ text: String, on post: String, by person: Person) async throws -> String {
        let answer = try await send(
            .post, "/v1/posts/\(post)/comments", as: person, body: ["text": .string(text)])
        return try #require(answer.json["id"]?.string)
    }
}
