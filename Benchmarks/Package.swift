// swift-tools-version: 6.2
import PackageDescription

// What Plaza is measured against, in a package of its own so that the main build never sees it.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    ],
    targets: [
        .executableTarget(
            name: "reference-server", dependencies: [.product(name: "Hummingbird", package: "hummingbird")],
            path: "Sources/reference-server"),
        .executableTarget(
            name: "storage-bench",
            dependencies: [
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "Sources/storage-bench"),
    ]
)
