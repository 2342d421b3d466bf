import Core
import Dispatch
import PlazaTesting
import Storage
import Synchronization
import Testing

@testable import Accounts

@Suite struct PasswordTests {
    private static let cheap = ScryptCost(logN: 10, blockSize: 8, parallelism: 1)

    @Test func aStoredHashReadsBackAndVerifies() async throws {
        let hasher = PasswordHasher(cost: Self.cheap, random: .seeded(1))
        let hash = try await hasher.hash("correct horse")
        #expect(try PasswordHash(hash.text) == hash)
        #expect(try await hasher.verify("correct horse", against: hash))
        #expect(try await !hasher.verify("correct horse ", against: hash))
        #expect(try await !hasher.verify("correct horse", against: nil))
    }

    /// RFC 7914 §12, the third vector.
    @Test func scryptIsScrypt() throws {
        let cost = ScryptCost(logN: 14, blockSize: 8, parallelism: 1)
        let digest = try PasswordHasher.scrypt(Array("pleaseletmein".utf8), Array("SodiumChloride".utf8), cost)
        #expect(digest.prefix(8).elementsEqual([0x70, 0x23, 0xBD, 0xCB, 0x3A, 0xFD, 0x73, 0x48]))
    }

    @Test func theStandardCostIsBearableToTheLibrary() async throws {
        let hasher = PasswordHasher(random: .seeded(1))
        let hash = try await hasher.hash("correct horse")
        #expect(hash.text.hasPrefix("$scrypt$ln=17,r=8,p=1$"))
    }

    @Test(arguments: [
        "ln=9,r=8,p=1", "ln=19,r=8,p=1", "ln=63,r=8,p=1", "ln=17,r=9,p=1", "ln=17,r=0,p=1", "ln=17,r=8,p=5",
        "ln=17,r=8,p=0", "ln=-1,r=8,p=1", "r=8,ln=17,p=1", "ln=17,r=8", "",
    ])
    func parametersOutOfBoundsAreRefused(parameters: String) async throws {
        let salt = Base64URL.encode(Array(repeating: 1, count: PasswordHash.saltLength))
        let digest = Base64URL.encode(Array(repeating: 2, count: PasswordHash.digestLength))
        let texts = [
            "$scrypt$\(parameters)$\(salt)$\(digest)", "$scrypt$ln=17,r=8,p=1$\(salt)$",
            "$argon2id$ln=17,r=8,p=1$\(salt)$\(digest)",
        ]
        for text in texts {
            #expect(throws: AccountsError.unusableCredential) { try PasswordHash(text) }
        }
    }

    @Test func aTamperedCredentialIsNotHashed() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp().profile.id
            try await plaza.database.write { tx in
                let huge = "$scrypt$ln=30,r=8,p=1$AQEBAQEBAQEBAQEBAQEBAQ$AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"
                try tx.execute("UPDATE credential SET password_hash = \(huge) WHERE account_id = \(account)")
            }
            let hashed = plaza.hashCount.value
            await #expect(throws: AccountsError.unusableCredential) { try await plaza.signIn() }
            #expect(plaza.hashCount.value == hashed)
        }
    }

    @Test func twoAreHashedAtOnceSomeWaitAndTheRestAreTurnedAway() async throws {
        let running = HeldWork()
        let hasher = PasswordHasher(
            cost: Self.cheap, random: .seeded(1), concurrencyMax: 2, queueDepthMax: 3,
            derive: { _, _, _ in
                running.enter()
                return Array(repeating: 0, count: PasswordHash.digestLength)
            })
        let outcomes = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<9 { group.addTask { await problemCode { _ = try await hasher.hash("password") } } }
            // Two run and three wait, so the first four to finish are those who found no place.
            var outcomes: [String?] = []
            for await outcome in group {
                outcomes.append(outcome)
                if outcomes.count == 4 { running.release(5) }
            }
            return outcomes
        }
        #expect(outcomes.prefix(4).allSatisfy { $0 == "busy" })
        #expect(outcomes.dropFirst(4).allSatisfy { $0 == nil })
        #expect(running.most == 2)
    }

    @Test func aWaiterThatIsCancelledLeavesTheQueue() async throws {
        let running = HeldWork()
        let hasher = PasswordHasher(
            cost: Self.cheap, random: .seeded(1), concurrencyMax: 1, queueDepthMax: 1,
            derive: { _, _, _ in
                running.enter()
                return Array(repeating: 0, count: PasswordHash.digestLength)
            })
        let first = Task { try await hasher.hash("password") }
        await running.entered()
        let waiter = Task { try await hasher.hash("password") }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        let second = Task { try await hasher.hash("password") }
        running.release(2)
        _ = try await (first.value, second.value)
    }

    @Test func changingThePasswordEndsTheOtherSessions() async throws {
        try await withAccounts { plaza in
            let other = try await plaza.signUp()
            let current = try await plaza.signIn()
            let principal = try await plaza.accounts.authenticator.principal(for: current.tokens.access)
            await #expect(throws: AccountsError.wrongPassword) {
                try await plaza.accounts.changePassword(of: principal, from: "wrong horse", to: "evening staple")
            }
            let isRefused = await problemCode {
                try await plaza.accounts.changePassword(of: principal, from: AccountsFixture.password, to: "maya")
            }
            #expect(isRefused == "invalid_fields")
            try await plaza.accounts.changePassword(
                of: principal, from: AccountsFixture.password, to: "evening staple")
            #expect(await plaza.refusal(of: other.tokens.access) == "invalid_token")
            #expect(await plaza.refusal(of: current.tokens.access) == nil)
            await #expect(throws: AccountsError.wrongLogin) { try await plaza.signIn() }
            _ = try await plaza.signIn(password: "evening staple")
        }
    }

    @Test func whoComesPastTheDeadlineIsNotHashed() async throws {
        let hashed = HashCount()
        let hasher = PasswordHasher(cost: Self.cheap, random: .seeded(1)) { _, _, _ in
            hashed.add()
            return Array(repeating: 0, count: PasswordHash.digestLength)
        }
        await #expect(throws: StorageError.deadlineExceeded) {
            try await WorkScope.$current.withValue(WorkScope(deadline: monotonicNanoseconds() - 1)) {
                _ = try await hasher.hash("password")
            }
        }
        #expect(hashed.value == 0)
    }

    @Test(.timeLimit(.minutes(15))) func aWaiterWhoseDeadlinePassesLeavesTheQueue() async throws {
        let (running, hashed) = (HeldWork(), HashCount())
        let hasher = PasswordHasher(
            cost: Self.cheap, random: .seeded(1), concurrencyMax: 1, queueDepthMax: 1,
            derive: { _, _, _ in
                hashed.add()
                running.enter()
                return Array(repeating: 0, count: PasswordHash.digestLength)
            })
        let first = Task { try await hasher.hash("password") }
        await running.entered()
        // Nobody leaves, and still it is told.
        await #expect(throws: StorageError.deadlineExceeded) {
            try await WorkScope.$current.withValue(WorkScope(deadline: monotonicNanoseconds() + 20_000_000)) {
                _ = try await hasher.hash("password")
            }
        }
        let second = Task { try await hasher.hash("password") }
        running.release(2)
        _ = try await (first.value, second.value)
        #expect(hashed.value == 2)
    }

    @Test func aResetPasswordIsTheOnlyOneAndEndsEverySession() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp()
            #expect(await plaza.refusal(of: signedIn.tokens.access) == nil)
            try await plaza.accounts.resetPassword(of: "Maya", to: "kites over dunes")
            #expect(await plaza.refusal(of: signedIn.tokens.access) == "invalid_token")
            await #expect(throws: AccountsError.wrongLogin) { try await plaza.signIn() }
            _ = try await plaza.signIn(password: "kites over dunes")
        }
    }

    @Test func anImportedAccountIsGivenItsFirstPassword() async throws {
        try await withAccounts { plaza in
            _ = try await plaza.database.write { tx in
                let noor = ImportedAccount(handle: "noor", displayName: "Noor", createdAt: plaza.clock.now)
                return try plaza.accounts.addImported([noor], ids: plaza.accounts.ids, in: tx)
            }
            try await plaza.accounts.resetPassword(of: "noor", to: "kites over dunes")
            _ = try await plaza.signIn("noor", password: "kites over dunes")
        }
    }

    @Test func aPasswordIsNotResetAgainstTheRulesOrForNobody() async throws {
        try await withAccounts { plaza in
            _ = try await plaza.signUp()
            await #expect(throws: AccountsError.self) {
                try await plaza.accounts.resetPassword(of: "maya", to: "short")
            }
            for handle in ["nobody", "erased_1", "a", "maya@example.com"] {
                await #expect(throws: AccountsError.accountNotFound) {
                    try await plaza.accounts.resetPassword(of: handle, to: "kites over dunes")
                }
            }
            _ = try await plaza.signIn()
        }
    }

    @Test func aCheaperHashIsReplacedAtTheNextSignIn() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp().profile.id
            try await plaza.store(Self.cheaper, for: account)
            let changedAt = try await plaza.credential(of: account).changedAt
            plaza.clock.advance(seconds: 60)
            await #expect(throws: AccountsError.wrongLogin) { try await plaza.signIn(password: "wrong horse") }
            #expect(try await plaza.credential(of: account).hash.hasPrefix("$scrypt$ln=10,r=4,p=1$"))
            _ = try await plaza.signIn()
            let renewed = try await plaza.credential(of: account)
            #expect(renewed.hash.hasPrefix("$scrypt$ln=10,r=8,p=1$"))
            // The password is what it was.
            #expect(renewed.changedAt == changedAt)
            let hashed = plaza.hashCount.value
            _ = try await plaza.signIn()
            #expect(plaza.hashCount.value == hashed + 1)
            #expect(try await plaza.credential(of: account).hash == renewed.hash)
        }
    }

    @Test func aDearerHashStays() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp().profile.id
            try await plaza.store(ScryptCost(logN: 11, blockSize: 8, parallelism: 1), for: account)
            let stored = try await plaza.credential(of: account).hash
            _ = try await plaza.signIn()
            #expect(try await plaza.credential(of: account).hash == stored)
        }
    }

    /// Each of them finds the cheap hash, and one is the first to replace it.
    @Test func signInsSideBySideReplaceACheaperHashAndAllSucceed() async throws {
        try await withAccounts { plaza in
            let account = try await plaza.signUp().profile.id
            try await plaza.store(Self.cheaper, for: account)
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 { group.addTask { _ = try await plaza.signIn() } }
                try await group.waitForAll()
            }
            #expect(try await plaza.credential(of: account).hash.hasPrefix("$scrypt$ln=10,r=8,p=1$"))
        }
    }

    /// Both begin with the password that is right; a change that came between must not be overwritten.
    @Test func ofTwoChangesSideBySideOneIsRefused() async throws {
        try await withAccounts { plaza in
            let signedIn = try await plaza.signUp()
            let principal = try await plaza.accounts.authenticator.principal(for: signedIn.tokens.access)
            let outcomes = await withTaskGroup(of: String?.self) { group in
                for password in ["kites over dunes", "evening staple"] {
                    group.addTask {
                        await problemCode {
                            try await plaza.accounts.changePassword(
                                of: principal, from: AccountsFixture.password, to: password)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.compactMap(\.self) == ["wrong_password"])
        }
    }

    private static let cheaper = ScryptCost(logN: 10, blockSize: 4, parallelism: 1)
}

extension AccountsFixture {
    /// As if Plaza had hashed the password at another time.
    fileprivate func store(_ cost: ScryptCost, for account: ID<Account>) async throws {
        let hash = try await PasswordHasher(cost: cost, random: .seeded(3)).hash(Self.password).text
        try await database.write { tx in
            try tx.execute("UPDATE credential SET password_hash = \(hash) WHERE account_id = \(account)")
        }
    }

    fileprivate func credential(of account: ID<Account>) async throws -> (hash: String, changedAt: Timestamp) {
        let row = try await database.read { db in
            try db.first("SELECT password_hash, changed_at FROM credential WHERE account_id = \(account)") {
                (hash: $0.text(0), changedAt: $0.timestamp(1))
            }
        }
        return try #require(row)
    }
}

/// Work that stays inside until it is released, and tells how many were inside together.
private final class HeldWork: Sendable {
    private struct Inside {
        var now = 0
        var most = 0
    }

    private let inside = Mutex(Inside())
    private let gate = DispatchSemaphore(value: 0)
    private let arrivals = AsyncStream<Void>.makeStream()

    var most: Int { inside.withLock { $0.most } }

    func enter() {
        inside.withLock { inside in
            inside.now += 1
            inside.most = max(inside.most, inside.now)
        }
        arrivals.continuation.yield()
        gate.wait()
        inside.withLock { $0.now -= 1 }
    }

    func entered() async {
        for await _ in arrivals.stream { return }
    }

    func release(_ count: Int) {
        for _ in 0..<count { gate.signal() }
    }
}
