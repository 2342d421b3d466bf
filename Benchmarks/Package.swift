// swift-tools-version: 6.2
import PackageDescription

// What Plaza is measured against and with, in a package of its own so that the main build never sees it.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.80.0"),
    ],
    targets: [
        .executableTarget(
            name: "reference-server",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            path: "Sources/reference-server"),
        .systemLibrary(name: "CEpoll", path: "Sources/CEpoll"),
        .executableTarget(name: "socket-bench", dependencies: ["CEpoll"], path: "Sources/socket-bench"),
        .executableTarget(
            name: "storage-bench",
            dependencies: [
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "Sources/storage-bench"),
    ]
)
