import Testing

/// Who may know whom.
@Suite struct LayerTests {
    /// From the bottom up.
    private static let order = ["System", "Platform", "Domains", "Flows", "App", "plaza"]
    /// What others build on. It stands beside the house: neither knows the other.
    private static let sdk = ["PlazaAPI", "PlazaClient"]

    private func layers() throws -> [String: Int] {
        var layers: [String: Int] = [:]
        for file in try SourceTree.files(in: "Sources") {
            guard let module = file.module, let layer = file.layer, layer != "Client" else { continue }
            layers[module] = Self.order.firstIndex(of: layer)
        }
        return layers
    }

    @Test func importsPointDownOnly() throws {
        let layers = try layers()
        #expect(Set(layers.values) == Set(1..<Self.order.count))
        for file in try SourceTree.files(in: "Sources") where file.layer != "Client" {
            let own = try #require(file.module.flatMap { layers[$0] }, "\(file.path) is in no layer")
            for name in file.imports {
                guard let imported = layers[name], name != file.module else { continue }
                let isDomain = Self.order[own] == "Domains"
                // A slice's pure core is a part of it.
                let isOwnCore = name == "\(file.module ?? "")Core"
                let isAllowed = isDomain ? imported < own || isOwnCore : imported <= own
                #expect(isAllowed, "\(file.path) imports \(name)")
            }
        }
    }

    @Test func coreStandsAlone() throws {
        let ours = Set(try layers().keys)
        for file in try SourceTree.files(in: "Sources/Platform/Core", "Sources/Platform/CSV") {
            let known = ours.intersection(file.imports)
            #expect(known.isEmpty, "\(file.path) imports \(known)")
        }
    }

    /// An app that uses the SDK has nothing of the server's in it, and the server nothing of the SDK's.
    @Test func theSDKStandsBesideTheHouse() throws {
        let ours = Set(try layers().keys)
        var seen: Set<String> = []
        for file in try SourceTree.files(in: "Sources") {
            guard file.layer == "Client" else {
                let known = file.imports.filter(Self.sdk.contains)
                #expect(known == [], "\(file.path) imports \(known)")
                continue
            }
            seen.insert(file.module ?? "")
            let known = ours.intersection(file.imports)
            #expect(known.isEmpty, "\(file.path) imports \(known)")
            // Requests and answers can be had without a network.
            if file.module == "PlazaAPI" { #expect(file.imports == [], "\(file.path)") }
        }
        #expect(seen == Set(Self.sdk))
    }

    @Test func everyImportOfOursIsDeclared() throws {
        let declared = try Manifest().dependencies
        let ours = Set(try layers().keys).union(Self.sdk).union(["PlazaTesting", "HTTPTesting"])
        for file in try SourceTree.files(in: "Sources", "Tests") {
            guard let module = file.module else { continue }
            let dependencies = try #require(declared[module], "\(module) is not in Package.swift")
            let missing = ours.intersection(file.imports).subtracting(dependencies).subtracting([module])
            #expect(missing.isEmpty, "\(file.path) imports \(missing)")
        }
    }

    @Test func onlyAppConstructs() throws {
        let others = try SourceTree.files(in: "Sources").filter { $0.layer != "App" }
        let constructions = SourceTree(files: others).lines(
            with: "AccountsService(", "SocialService(", "MarketService(", "LedgerService(", "ChatService(",
            "NotificationsService(", "PresenceService(", "AccountFlows(", "SQLiteDatabase(", "APIResponder(")
        #expect(constructions == [])
    }

    /// A table is known by what makes it; what reads or writes one is SQL in the slice that does.
    @Test func aTableHasOneOwner() throws {
        let files = try SourceTree.files(in: "Sources")
        var owners: [String: String] = [:]
        for file in files {
            for match in file.text.matches(of: /\.table\(\s*"([a-z_]+)"/) {
                let other = owners.updateValue(file.module ?? "", forKey: String(match.1))
                #expect(other == nil, "\(match.1) is made twice")
            }
        }
        #expect(owners.count >= 15)
        for file in files {
            for line in file.codeLines where line.namesTable {
                for match in line.matches(of: /\b(?:FROM|JOIN|INTO|UPDATE) ([a-z_]+)\b/) {
                    guard let owner = owners[String(match.1)], owner != file.module else { continue }
                    Issue.record("\(file.path) reaches into \(match.1), which is \(owner)'s")
                }
            }
        }
    }
}

extension String {
    fileprivate var namesTable: Bool {
        ["FROM ", "JOIN ", "INTO ", "UPDATE "].contains { offset(of: $0) != nil }
    }
}

/// What `Package.swift` says of targets.
struct Manifest {
    /// Names in quotes among a target's dependencies, by target.
    let dependencies: [String: Set<String>]

    init() throws {
        let text = try SourceTree.text(of: "Package.swift")
        var dependencies: [String: Set<String>] = [:]
        let declaration =
            /(?:(platform|domain|client|tests)\(\s*(?:of: )?"(\w+)"|\.(?:target|executableTarget|testTarget)\(\s*name: "(\w+)")/
        let matches = text.matches(of: declaration)
        for (index, match) in matches.enumerated() {
            let end = index + 1 < matches.count ? matches[index + 1].range.lowerBound : text.endIndex
            let list = text[match.range.upperBound..<end]
            let named = String(match.2 ?? match.3 ?? "")
            let isTests = match.1 == "tests"
            let names = list.matches(of: /"(\w+)"/).map { String($0.1) }
            dependencies[isTests ? named + "Tests" : named] = Set(names + (isTests ? [named] : []))
        }
        self.dependencies = dependencies
    }
}
