import HTTPTesting
import PlazaAPI
import PlazaClient
import PlazaTesting
import Synchronization
import Testing

/// The SDK against the house itself, over sockets.
@Suite(.timeLimit(.minutes(15))) struct SDKTests {
    private static let address = Address(name: "Ann", street: "Kiln Lane 1", city: "Delft", country: "NL")

    private func signUp(_ handle: String, at plaza: PlazaFixture) async throws -> (client: PlazaClient, me: Account) {
        let client = try PlazaClient("http://localhost:\(plaza.port)")
        let signedIn = try await client.signUp(
            SignUp(handle: handle, password: PlazaFixture.password, displayName: handle))
        return (client, signedIn.account)
    }

    @Test func peopleFollowPostAndTalk() async throws {
        try await withPlaza(isWorking: true, door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let (ann, annsAccount) = try await signUp("ann", at: plaza)
            let (ben, _) = try await signUp("ben", at: plaza)
            try await ben.follow(annsAccount.id)
            let post = try await ann.publish(
                PostDraft(caption: "New bowls", media: [Media(.image, url: "https://cdn.example/bowl.jpg")]))
            try await plaza.settle()
            try await ben.like(post.id)
            try await ben.like(post.id)
            for number in 1...5 { _ = try await ben.comment(CommentDraft("Lovely \(number)"), on: post.id) }
            var texts: [String] = []
            for try await comment in ann.comments(on: post.id, limit: 2) { texts.append(comment.text) }
            #expect(texts == (1...5).map { "Lovely \($0)" })
            let home = try await ben.feed(.home).page()
            #expect(home.items.map(\.id) == [post.id])
            #expect(home.items.first?.isLiked == true)
            #expect(home.items.first?.isFollowing == true)
            let person = try await ben.person("ann")
            #expect(person.isFollowing)
            #expect(person.counts.followers == 1)
            let changed = try await ann.changeMe(AccountChange(bio: "Ceramics."))
            #expect(changed.bio == "Ceramics.")
            try await ann.delete(post.id)
            let error = await #expect(throws: PlazaError.self) { _ = try await ben.post(post.id) }
            #expect(error?.code == "post_not_found")
        }
    }

    @Test func whatIsBoughtIsBoughtOnce() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let seller = try await plaza.signUp("kiln")
            let variant = EntityID<Variant>(try await plaza.variant(in: plaza.shop("kiln", by: seller)))
            let (ann, account) = try await signUp("ann", at: plaza)
            let person = try await plaza.signIn("ann")
            #expect(person.id == account.id.description)
            try await plaza.give(10_000, to: person)
            let product = try #require(try await ann.products(ProductFilter(sort: .newest)).page().items.first)
            #expect(try await ann.product(product.id).variants.map(\.id) == [variant])
            try await ann.putInCart(variant, quantity: 2, price: product.price)
            #expect(try await ann.cart().totals == [Money(2_000, "EUR")])
            let key = IdempotencyKey.random()
            let first = try await ann.checkOut(Checkout(address: Self.address), key: key)
            let second = try await ann.checkOut(Checkout(address: Self.address), key: key)
            #expect(first.id == second.id)
            #expect(first.parts.map(\.state) == [.paid])
            #expect(try await ann.wallet().balances.map(\.available) == [Money(8_000, "EUR")])
            #expect(try await ann.orders().page().items.count == 1)
            #expect(try await ann.order(first.id).parts.first?.lines?.first?.quantity == 2)
            let cancelled = try await ann.act(.cancel, on: first.id)
            #expect(cancelled.parts.map(\.state) == [.cancelled])
            var directions: [WalletEntry.Direction] = []
            for try await entry in ann.walletEntries() { directions.append(entry.direction) }
            #expect(directions == [.incoming, .outgoing, .incoming])
        }
    }

    @Test func aWrongPriceIsToldByField() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let seller = try await plaza.signUp("kiln")
            let variant = EntityID<Variant>(try await plaza.variant(in: plaza.shop("kiln", by: seller)))
            let (ann, _) = try await signUp("ann", at: plaza)
            let line = Checkout.Line(variant: variant, quantity: 1, price: Money(1, "EUR"))
            do {
                _ = try await ann.checkOut(Checkout(lines: [line], address: Self.address))
                Issue.record("another price is refused")
            } catch PlazaError.problem(let problem) {
                #expect(problem.code == "price_changed")
                #expect(problem.status == 409)
                #expect(!problem.isRetryable)
                #expect(problem.requestID?.hasPrefix("req_") == true)
                #expect(problem.fields.first?.current?["amount"] == 1_000)
            }
        }
    }

    @Test func aDayLaterNobodySignsInAgain() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let (ann, account) = try await signUp("ann", at: plaza)
            let before = ann.session
            plaza.clock.advance(seconds: 86_400)
            try await withThrowingTaskGroup(of: Account.self) { group in
                for _ in 0..<20 { group.addTask { try await ann.me() } }
                for try await me in group { #expect(me.id == account.id) }
            }
            #expect(ann.session != before)
            // A token that was used twice would have ended it.
            #expect(try await ann.sessions().page().items.map(\.isCurrent) == [true])
        }
    }

    @Test func aSessionThatWasEndedElsewhereIsOver() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let (ann, _) = try await signUp("ann", at: plaza)
            let kept = Mutex<[SessionTokens?]>([])
            let phone = try PlazaClient("http://localhost:\(plaza.port)") { session in
                kept.withLock { $0.append(session) }
            }
            let session = try await phone.signIn(login: "ann", password: PlazaFixture.password).session
            try await ann.endSession(session.id)
            await #expect(throws: PlazaError.self) { _ = try await phone.me() }
            // It is forgotten, and who keeps it is told.
            #expect(phone.session == nil)
            #expect(kept.withLock { $0 } == [session, nil])
            #expect(try await ann.me().handle == "ann")
            try await ann.signOut()
            let error = await #expect(throws: PlazaError.self) { _ = try await ann.me() }
            #expect(error?.code == "unauthenticated")
        }
    }
}
