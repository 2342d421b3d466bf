// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is held to. Dependencies keep their own settings.
let houseRules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "_CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let serviceLifecycleTesting = Target.Dependency.product(
    name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A small library that knows nothing of Plaza's domains.
func platform(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Platform/\(name)", swiftSettings: houseRules)
}

/// A vertical slice. Slices never import each other.
func domain(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/Domains/\(name)", resources: resources,
        swiftSettings: houseRules)
}

/// A part of the SDK: what apps and other programs use. Nothing of the server's is in it.
func client(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Client/\(name)", swiftSettings: houseRules)
}

/// Tests mirror Sources.
func tests(of name: String, in folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.target(name: name)] + dependencies,
        path: "Tests/\(folder)\(name)Tests",
        swiftSettings: houseRules
    )
}

let package = Package(
    name: "plaza",
    // The SDK's: Mutex and typed sequences came with these. The server is run on Linux.
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .executable(name: "plaza", targets: ["plaza"]),
        .library(name: "PlazaClient", targets: ["PlazaClient", "PlazaAPI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "3.12.3"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CMalloc", path: "Sources/System/CMalloc"),
        .systemLibrary(name: "CZlib", path: "Sources/System/CZlib", providers: [.apt(["zlib1g-dev"])]),

        platform("Core", [crypto]),
        platform("Telemetry", ["Core"]),
        platform("Storage", ["Core", crypto]),
        platform("StorageSQLite", ["Core", "Storage", "Telemetry", grdb, grdbSQLite, logging]),
        platform("Cache", ["Telemetry"]),
        platform("RateLimit", []),
        platform("Events", ["Core", "Storage", "Telemetry", logging, serviceLifecycle]),
        platform("Jobs", ["Core", "HTTP", "Storage", "Telemetry", httpTypes, logging, serviceLifecycle]),
        platform("Search", ["Storage"]),
        platform("CSV", []),
        platform("EventLoops", [nioCore]),
        platform("Realtime", ["CMalloc", "Core", "EventLoops", "Telemetry", crypto, logging, nioCore, nioHTTP1]),
        platform(
            "HTTP",
            [
                "Core", "EventLoops", "Storage", "Telemetry", "CZlib", hummingbird, httpTypes, logging, nioCore,
                nioHTTP1, nioPosix,
                nioHTTPTypesHTTP1, serviceLifecycle,
            ]),

        platform("Idempotency", ["Core", "HTTP", "Storage", crypto, httpTypes]),

        domain(
            "Accounts",
            [
                "Core", "Storage", "Events", "Jobs", "Cache", "RateLimit", "HTTP", "Telemetry", crypto, cryptoExtras,
                httpTypes,
            ],
            resources: [.embedInCode("Passwords/common-passwords.txt")]),
        domain(
            "Social",
            ["Core", "Storage", "Events", "Jobs", "Cache", "HTTP", "Realtime", "Search", "Telemetry", httpTypes]),
        domain("Notifications", ["Core", "Events", "HTTP", "Jobs", "Realtime", "Storage", httpTypes]),
        domain("Presence", ["Core", "HTTP", "Realtime", "Storage", httpTypes, logging, serviceLifecycle]),

        domain(
            "Market",
            [
                "CSV", "Cache", "Core", "Events", "HTTP", "Idempotency", "Jobs", "Realtime", "Search", "Storage",
                "Telemetry", httpTypes, nioCore, nioPosix,
            ]),

        domain(
            "Chat", ["Core", "Events", "HTTP", "Jobs", "RateLimit", "Realtime", "Storage", httpTypes]),

        domain("LedgerCore", ["Core"]),
        domain(
            "Ledger",
            ["Core", "LedgerCore", "Storage", "Events", "Jobs", "HTTP", "Idempotency", crypto, httpTypes]),

        .target(
            name: "Flows",
            dependencies: [
                "Accounts", "CSV", "Chat", "Core", "Events", "HTTP", "Idempotency", "Jobs", "Ledger", "LedgerCore",
                "Market", "Notifications", "Presence", "Realtime", "Social", "Storage", crypto, httpTypes, nioHTTP1,
            ],
            swiftSettings: houseRules),
        .target(
            name: "App",
            dependencies: [
                "Accounts", "Chat", "Core", "Events", "Flows", "HTTP", "Idempotency", "Jobs", "Ledger", "Market",
                "Notifications", "Presence", "RateLimit", "Realtime", "Social", "Storage", "StorageSQLite", "Telemetry",
                httpTypes, hummingbird, logging, nioCore, nioPosix, serviceLifecycle, unixSignals,
            ],
            resources: [.embedInCode("Page")],
            swiftSettings: houseRules),
        .executableTarget(
            name: "plaza",
            dependencies: [
                "Accounts", "App", "Core", "Events", "Flows", "HTTP", "Jobs", "Ledger", "LedgerCore", "Market",
                "Realtime", "Storage", "StorageSQLite", argumentParser, logging, nioCore,
            ],
            swiftSettings: houseRules),

        client("PlazaAPI", []),
        client(
            "PlazaClient",
            ["PlazaAPI", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL, nioWebSocket]),

        .target(
            name: "PlazaTesting", dependencies: ["Core", "Realtime", "Storage", "StorageSQLite", nioCore, nioPosix],
            path: "Tests/Support/PlazaTesting",
            swiftSettings: houseRules),
        .target(
            name: "HTTPTesting",
            dependencies: ["HTTP", hummingbird, hummingbirdTesting, httpTypes, logging, nioCore, serviceLifecycle],
            path: "Tests/Support/HTTPTesting",
            swiftSettings: houseRules),
        tests(of: "Core", in: "Platform/", ["PlazaTesting"]),
        tests(of: "LedgerCore", in: "Domains/", ["Core"]),
        tests(
            of: "Ledger", in: "Domains/",
            [
                "Core", "LedgerCore", "Events", "Idempotency", "Jobs", "PlazaTesting", "Storage", "Telemetry",
                httpTypes,
                logging,
            ]),
        tests(of: "StorageSQLite", in: "Platform/", ["Core", "Storage", "PlazaTesting"]),
        tests(of: "Telemetry", in: "Platform/", ["Core"]),
        tests(of: "Cache", in: "Platform/", ["Telemetry"]),
        tests(
            of: "Events", in: "Platform/",
            ["Core", "Storage", "Telemetry", "PlazaTesting", logging, serviceLifecycle, serviceLifecycleTesting]),
        tests(
            of: "Jobs", in: "Platform/",
            [
                "Core", "HTTP", "Storage", "Telemetry", "PlazaTesting", httpTypes, logging, serviceLifecycle,
                serviceLifecycleTesting,
            ]),
        tests(of: "RateLimit", in: "Platform/", []),
        tests(
            of: "Accounts", in: "Domains/",
            ["Core", "Events", "HTTP", "PlazaTesting", "RateLimit", "Storage", "Telemetry", httpTypes]),
        tests(
            of: "Social", in: "Domains/",
            [
                "Cache", "Core", "Events", "HTTP", "Jobs", "PlazaTesting", "Realtime", "Storage", "Telemetry",
                httpTypes, logging,
            ]),
        tests(
            of: "Notifications", in: "Domains/",
            [
                "Core", "Events", "HTTP", "Jobs", "PlazaTesting", "Realtime", "Storage", "Telemetry", httpTypes,
                logging,
            ]),
        tests(
            of: "Presence", in: "Domains/",
            ["Core", "HTTP", "PlazaTesting", "Realtime", "Storage", httpTypes, logging, serviceLifecycle]),
        tests(
            of: "Chat", in: "Domains/",
            [
                "Core", "Events", "HTTP", "Jobs", "PlazaTesting", "RateLimit", "Realtime", "Storage", "Telemetry",
                logging,
            ]),
        tests(
            of: "Market", in: "Domains/",
            [
                "Core", "Events", "HTTP", "Idempotency", "Jobs", "PlazaTesting", "Realtime", "Storage", "Telemetry",
                logging,
            ]),
        tests(
            of: "Flows", in: "",
            [
                "Accounts", "Chat", "Core", "Events", "Idempotency", "Jobs", "Ledger", "LedgerCore", "Market",
                "Notifications", "PlazaTesting", "Presence", "RateLimit", "Realtime", "Social", "Storage", "Telemetry",
                logging,
            ]),
        tests(of: "CSV", in: "Platform/", []),
        tests(
            of: "Realtime", in: "Platform/", ["Core", "Telemetry", logging, nioCore, nioEmbedded, nioHTTP1, nioPosix]),
        tests(of: "Search", in: "Platform/", ["Storage", "PlazaTesting"]),
        tests(
            of: "HTTP", in: "Platform/",
            [
                "Core", "EventLoops", "CZlib", "HTTPTesting", "Storage", "Telemetry", "PlazaTesting", hummingbird,
                hummingbirdTesting, httpTypes, logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle,
            ]),
        tests(
            of: "App", in: "",
            [
                "Accounts", "Core", "Events", "Flows", "HTTP", "HTTPTesting", "Jobs", "Ledger", "Market", "Presence",
                "RateLimit", "Realtime", "Storage", "StorageSQLite", "PlazaAPI", "PlazaClient", "PlazaTesting",
                hummingbird,
                hummingbirdTesting, httpTypes, logging, nioCore, nioPosix, serviceLifecycle,
            ]),
        tests(
            of: "plaza", in: "",
            [
                "Accounts", "App", "Core", "Ledger", "Market", "Storage", "StorageSQLite", "PlazaTesting", logging,
                nioCore, nioPosix,
            ]),
        tests(of: "PlazaAPI", in: "Client/", ["App"]),
        tests(of: "PlazaClient", in: "Client/", ["PlazaAPI", nioCore, nioHTTP1, nioPosix, nioWebSocket]),
        .testTarget(
            name: "TidyTests", dependencies: ["App"], path: "Tests/TidyTests", swiftSettings: houseRules),
    ]
)
