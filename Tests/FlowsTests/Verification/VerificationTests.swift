import Accounts
import Chat
import Core
import Flows
import Ledger
import Market
import PlazaTesting
import Social
import Storage
import Testing

struct VerificationTests {
    @Test func emptyHouseIsInOrder() async throws {
        try await withPlaza { plaza in
            let report = try await plaza.verify()
            #expect(report.findings == [])
            #expect(report.checks.count == 69)
            #expect(Set(report.checks.map(\.name)).count == report.checks.count)
        }
    }

    @Test func whatTheServicesWriteIsInOrder() async throws {
        try await withPlaza { plaza in
            try await populate(plaza)
            let report = try await plaza.verify()
            #expect(report.findings == [])
            #expect(report.checks.allSatisfy { $0.outcome == .done })
        }
    }

    @Test func importedDataIsInOrder() async throws {
        try await withPlaza { plaza in
            _ = try await plaza.importFollows("follower,followee\n1,2\n2,3\n3,1\n", batchRows: 2)
            _ = try await plaza.importInteractions("user,item,weight\n1,40,5\n2,40,7\n9,41,1\n", batchRows: 2)
            let report = try await plaza.verify()
            #expect(report.findings == [])
            #expect(report.checks.allSatisfy { $0.outcome == .done })
        }
    }

    @Test func textIsNotJudgedBeforeItIsIndexed() async throws {
        try await withPlaza { plaza in
            _ = try await plaza.addPerson("maya")
            let report = try await plaza.verify()
            let skipped = report.checks.filter { $0.outcome != .done }.map(\.name)
            #expect(
                skipped == [
                    "post_text.entries", "person_text.entries", "product.sale_count", "product_text.entries",
                ])
            #expect(report.findings == [])
        }
    }

    @Test func deletedPostIsInOrderUntilItsPurgeHasRun() async throws {
        try await withPlaza { plaza in
            let house = try await populate(plaza)
            try await plaza.social.delete(house.post, by: house.maya, isModerator: false)
            try await plaza.indexTexts()
            #expect(try await plaza.verify().findings == [])
        }
    }

    @Test func waitingEngagementIsTakenIntoAccount() async throws {
        try await withPlaza { plaza in
            let house = try await populate(plaza)
            // Ben has watched it; a visit after that counts.
            plaza.clock.advance(seconds: SocialLimits().engagementWindowSeconds)
            let verdicts = try await plaza.social.record(
                [EngagementEvent(post: house.post, kind: .view), EngagementEvent(post: house.post, kind: .share)],
                by: house.ben)
            #expect(verdicts == [.accepted, .accepted])
            #expect(try await plaza.verify().findings == [])
        }
    }

    @Test func erasedAccountIsInOrder() async throws {
        try await withPlaza { plaza in
            let house = try await populate(plaza)
            try await plaza.database.write { tx in try plaza.accounts.erase(house.ben, in: tx) }
            try await plaza.indexTexts()
            #expect(try await plaza.verify().findings == [])
        }
    }

    /// One row that is wrong, and the check that must see it.
    static let corruptions: [(check: String, sql: String)] = [
        // Its entries are no longer what the schema says.
        (
            "storage.integrity",
            """
            UPDATE sqlite_schema SET sql = 'CREATE INDEX comment_author ON comment (post_id, id)'
            WHERE name = 'comment_author'
            """
        ),
        ("session.account", "UPDATE account SET state = 2 WHERE handle = 'cleo'"),
        ("credential.account", "UPDATE account SET state = 2 WHERE handle = 'cleo'"),
        ("person.account", "UPDATE person SET display_name = 'Somebody' WHERE handle = 'maya'"),
        ("person.account", "UPDATE person SET handle = 'mayo' WHERE handle = 'maya'"),
        ("person.account", "UPDATE person SET avatar_url = 'https://a.example/1' WHERE handle = 'maya'"),
        ("person.account", "UPDATE person SET is_erased = 1 WHERE handle = 'maya'"),
        ("person.account", "UPDATE person SET is_erased = 2 WHERE handle = 'maya'"),
        ("person.account", "DELETE FROM person WHERE handle = 'maya'"),
        (
            "person.account",
            "INSERT INTO person (account_id, handle, display_name, bio) VALUES (5, 'ghost', 'Ghost', '')"
        ),
        ("post.like_count", "UPDATE post SET like_count = like_count + 1 WHERE id = (SELECT MIN(id) FROM post)"),
        ("post.comment_count", "UPDATE post SET comment_count = 0 WHERE id = (SELECT MIN(id) FROM post)"),
        ("comment.reply_count", "UPDATE comment SET reply_count = 0 WHERE parent_id IS NULL"),
        ("person.follower_count", "UPDATE person SET follower_count = 9 WHERE handle = 'maya'"),
        ("person.following_count", "UPDATE person SET following_count = 9 WHERE handle = 'maya'"),
        ("person.post_count", "UPDATE person SET post_count = 9 WHERE handle = 'maya'"),
        ("post.view_count", "UPDATE post SET view_count = view_count + 1 WHERE id = (SELECT MIN(id) FROM post)"),
        ("post.view_count", "UPDATE post SET share_count = share_count + 1 WHERE id = (SELECT MIN(id) FROM post)"),
        ("post.view_count", "DELETE FROM engagement"),
        (
            "engagement.post",
            """
            INSERT INTO engagement (account_id, post_id, kind, count, watched_ms, last_at)
            SELECT account_id, 5, 0, 1, 0, 0 FROM person LIMIT 1
            """
        ),
        ("follow.people", "INSERT INTO follow (follower_id, followee_id, created_at) VALUES (5, 6, 0)"),
        (
            "follow.block",
            """
            INSERT INTO follow (follower_id, followee_id, created_at)
            SELECT account_id, other_id, 0 FROM barrier WHERE blocks = 1
            """
        ),
        (
            "follow_request.waiting",
            """
            INSERT INTO follow_request (id, follower_id, followee_id, created_at)
            SELECT 5, follower_id, followee_id, 0 FROM follow LIMIT 1
            """
        ),
        ("barrier.pair", "DELETE FROM barrier WHERE blocks = 1"),
        ("friendship.pair", "DELETE FROM friendship WHERE account_id = (SELECT MIN(account_id) FROM friendship)"),
        ("post.author", "UPDATE post SET author_id = 5 WHERE id = (SELECT MIN(id) FROM post)"),
        (
            "like.references",
            "INSERT INTO post_like (account_id, post_id, created_at) SELECT account_id, 5, 0 FROM person LIMIT 1"
        ),
        ("like.references", "UPDATE post_like SET account_id = 5"),
        ("comment.references", "UPDATE comment SET post_id = 5 WHERE parent_id IS NOT NULL"),
        ("comment.references", "UPDATE comment SET author_id = 5 WHERE parent_id IS NOT NULL"),
        ("comment.parent", "DELETE FROM comment WHERE parent_id IS NULL"),
        ("feed_entry.post", "INSERT INTO feed_entry (account_id, post_id, author_id) VALUES (5, 6, 5)"),
        ("feed_entry.post", "UPDATE feed_entry SET author_id = account_id WHERE author_id <> account_id"),
        (
            "feed_entry.follow",
            "INSERT INTO feed_entry (account_id, post_id, author_id) SELECT 5, id, author_id FROM post"
        ),
        ("post.purge", "UPDATE post SET is_deleted = 1 WHERE id = (SELECT MAX(id) FROM post)"),
        ("post_text.entries", "DELETE FROM post_text"),
        ("post_text.entries", "UPDATE post SET caption = 'Something else' WHERE id = (SELECT MAX(id) FROM post)"),
        ("post_text.entries", "UPDATE post SET visibility = 1 WHERE id = (SELECT MAX(id) FROM post)"),
        ("person_text.entries", "DELETE FROM person_text"),
        ("stock.journal", "UPDATE stock SET on_hand = on_hand + 1"),
        ("stock.journal", "UPDATE stock SET reserved = reserved + 1"),
        ("stock.journal", "DELETE FROM stock_movement WHERE reason = 5"),
        ("stock.oversold", "UPDATE stock SET on_hand = 0"),
        ("variant.stock", "DELETE FROM stock"),
        ("stock_movement.variant", "UPDATE stock_movement SET variant_id = 5"),
        ("waiting.offers", "UPDATE stock_movement SET reason = 9 WHERE reason = 5"),
        (
            "waiting.offers",
            """
            INSERT INTO waiting_place (id, variant_id, account_id, offered_until)
            SELECT 7, id, 7, 7 FROM variant ORDER BY id LIMIT 1
            """
        ),
        ("waiting_place.variant", "INSERT INTO waiting_place (id, variant_id, account_id) VALUES (7, 7, 7)"),
        ("product.price", "UPDATE product SET price_max = price_max + 1"),
        ("product.price", "UPDATE variant SET is_deleted = 1"),
        ("product.is_listed", "UPDATE product SET is_listed = 0"),
        ("post_product.entries", "DELETE FROM post_product"),
        ("post_product.entries", "UPDATE post SET products = '[]'"),
        ("product.is_listed", "UPDATE shop SET state = 1, wished_state = 1"),
        ("shop.state", "UPDATE shop SET is_barred = 1"),
        ("shop.state", "UPDATE shop SET state = 1"),
        ("product_label.entries", "DELETE FROM product_label WHERE label = 'tag:blue'"),
        ("product_label.entries", "UPDATE product SET type = 'Cups'"),
        ("product.sale_count", "UPDATE product SET sale_count = sale_count + 1"),
        ("product_text.entries", "DELETE FROM product_text"),
        ("product_text.entries", "UPDATE product SET title = 'Something else'"),
        ("message.sequence", "DELETE FROM message WHERE sequence = 1"),
        ("message.sequence", "UPDATE message SET sequence = 7 WHERE sequence = 3"),
        ("conversation_member.read_sequence", "UPDATE conversation_member SET read_sequence = 9 WHERE role = 0"),
        ("conversation_member.read_sequence", "UPDATE conversation_member SET read_sequence = 0"),
        ("conversation_member.gone_unread", "UPDATE conversation_member SET gone_unread = 1"),
        ("inbox.unread_count", "UPDATE inbox SET unread_count = unread_count + 1"),
        ("inbox.unread_count", "DELETE FROM inbox"),
        ("conversation.activity", "UPDATE conversation SET activity = id"),
        ("conversation.activity", "UPDATE conversation_member SET activity = 1 WHERE role = 0"),
        ("conversation.members", "UPDATE conversation_member SET role = 0"),
        ("conversation.members", "UPDATE conversation SET member_count = member_count + 1"),
        (
            "notification.unread_count",
            "INSERT INTO notification_inbox (account_id, unread_count, muted, position) VALUES (5, 1, 0, 0)"
        ),
        (
            "notification.inbox",
            """
            INSERT INTO notification
                (id, account_id, kind, subject, activity, actor_count, actors, is_read, is_open)
            VALUES (5, 5, 1, '', 5, 0, x'', 1, 0)
            """
        ),
        (
            "notification.actor_count",
            """
            INSERT INTO notification
                (id, account_id, kind, subject, activity, actor_count, actors, is_read, is_open)
            VALUES (5, 5, 1, '', 5, 2, x'0000000000000007', 1, 0)
            """
        ),
    ]

    @Test(arguments: corruptions)
    func corruptRowIsFound(check: String, sql: String) async throws {
        try await withPlaza { plaza in
            try await populate(plaza)
            try await plaza.database.write { tx in
                try tx.execute("PRAGMA writable_schema = 1")
                try tx.execute("\(unsafeRaw: sql) /* scan: a test's table */")
                // Readers take notice of a changed schema when its number changes.
                if check == "storage.integrity" { try tx.execute("PRAGMA schema_version = 99999") }
            }
            let report = try await plaza.verify()
            let result = try #require(report.checks.first { $0.name == check })
            #expect(result.findingCount > 0)
            #expect(report.findings.contains { $0.check == check })
        }
    }

    @Test func everyCheckIsSeenToFind() async throws {
        try await withPlaza { plaza in
            let names = try await plaza.verify().checks.map(\.name)
            // Those of the books are seen to find among their own tests, those of orders in OrderVerificationTests, those
            // of attributions in AttributionTests.
            let ofLedger = LedgerService.consistencyChecks.map(\.name)
            let here = Set(names).subtracting(ofLedger).filter {
                !$0.hasPrefix("order") && !$0.hasPrefix("attribution")
            }
            #expect(Set(Self.corruptions.map(\.check)) == here)
            #expect(Set(ofLedger).isSubset(of: names))
        }
    }

    @Test func allFindingsAreCountedAndTheFirstListed() async throws {
        try await withPlaza { plaza in
            _ = try await plaza.importFollows("follower,followee\n" + (1...250).map { "\($0),999\n" }.joined())
            try await plaza.database.write { tx in
                try tx.execute("UPDATE person SET post_count = 3 /* scan: a test's table */")
            }
            let report = try await plaza.verify()
            #expect(report.findingCount == 251)
            #expect(report.findings.count == 100)
            #expect(report.findings.first?.finding.expected == "0")
            #expect(report.findings.first?.finding.found == "3")
        }
    }

    struct House {
        let maya: ID<Account>
        let ben: ID<Account>
        let post: ID<Post>
    }

    /// A bit of everything, written by the services.
    @discardableResult
    private func populate(_ plaza: FlowsFixture) async throws -> House {
        let social = plaza.social
        let (maya, ben) = (try await plaza.addPerson("maya"), try await plaza.addPerson("ben"))
        let dora = try await plaza.addPerson("dora")
        let draft = AccountDraft(handle: "cleo", password: "correct horse battery", displayName: "Cleo")
        _ = try await plaza.accounts.signUp(draft, from: SignInOrigin(address: "192.0.2.1", device: "test"))
        let post = try await social.publish(PostDraft(caption: "Fresh bread, still warm"), by: maya).card.id
        _ = try await social.publish(PostDraft(caption: "A cup of tea"), by: maya)
        try await social.follow(maya, by: ben)
        try await social.block(dora, by: maya)
        _ = try await social.requestFriendship(with: maya, by: ben)
        _ = try await social.requestFriendship(with: ben, by: maya)
        try await social.like(post, by: ben)
        let comment = try await social.comment("Lovely!", on: post, parent: nil, by: ben)
        _ = try await social.comment("Thank you", on: post, parent: comment.id, by: maya)
        _ = try await social.record([EngagementEvent(post: post, kind: .watch, watchedMilliseconds: 900)], by: ben)
        let bowl = try await sell(plaza, by: maya, to: ben)
        _ = try await social.publish(PostDraft(caption: "To eat from", products: [bowl]), by: maya)
        let group = try await plaza.chat.makeGroup("Bakers", members: [ben], by: maya)
        for (writer, text) in [(maya, "Who bakes?"), (ben, "I do"), (maya, "Thanks")] {
            _ = try await plaza.chat.send(MessageDraft(text), to: group.conversation.id, by: writer)
        }
        try await plaza.indexTexts()
        return House(maya: maya, ben: ben, post: post)
    }

    private func sell(_ plaza: FlowsFixture, by seller: ID<Account>, to buyer: ID<Account>) async throws
        -> ID<Product>
    {
        let market = plaza.market
        let euro = try #require(Currency(rawValue: "EUR"))
        let shop = try await market.openShop(handle: "kiln", name: "The Kiln", currency: euro, by: seller)
        var draft = ProductDraft(title: "Blue bowl")
        draft.type = "Bowls"
        draft.tags = ["Blue"]
        draft.status = .active
        var variant = VariantDraft(price: 1_999)
        variant.onHand = 5
        draft.variants = [variant]
        let product = try await market.create(draft, in: shop.id, by: seller).id
        try await plaza.database.write { tx in
            let variant = try tx.first("SELECT id FROM variant WHERE product_id = \(product)") { row in
                row.id(0, Variant.self)
            }
            let order = ID<Order>(rawValue: 7)
            let sold = try market.take([SaleLine(try #require(variant), 2)], for: order, by: buyer, in: tx)
            let line = OrderLine(sold[0], quantity: 2)
            let part = OrderPart(
                order: order, shop: shop.id, state: .placed, total: line.total, money: .init(), hold: nil,
                feeBasisPoints: 0, dueAt: plaza.clock.now)
            try market.place(
                NewOrder(
                    id: order, buyer: buyer, address: [:], attribution: nil, awaitedPayment: nil, total: line.total,
                    parts: [part], lines: [line]), in: tx)
        }
        return product
    }
}
