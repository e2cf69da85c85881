// swift-tools-version: 6.2
import PackageDescription

// The library's own sources: what is measured is what ships. Only the clients that it is compared with need more than
// HTTPTypes.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
        .target(name: "CByteScan"),
        .target(
            name: "OpenAIUsage",
            dependencies: ["CByteScan", "CZlib", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .target(
            name: "OpenAIUsagePricing",
            dependencies: ["OpenAIUsage"],
            exclude: ["prices.json"]
        ),
        .target(
            name: "OpenAIUsageLedger",
            dependencies: [
                "OpenAIUsage",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .target(
            name: "OpenAIUsageCurl",
            dependencies: ["CCurl", "OpenAIUsage", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .target(
            name: "OpenAIUsageURLSession",
            dependencies: ["OpenAIUsage", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .target(
            name: "OpenAIUsageAsyncHTTPClient",
            dependencies: [
                "OpenAIUsage",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(
            name: "transport-benchmark",
            dependencies: [
                "OpenAIUsageCurl", "OpenAIUsageURLSession", "OpenAIUsageAsyncHTTPClient", "OpenAIUsage",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .executableTarget(
            name: "meter-benchmark",
            dependencies: ["OpenAIUsage", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .executableTarget(name: "decoder-benchmark"),
        .executableTarget(name: "ledger-benchmark", dependencies: ["OpenAIUsageLedger", "OpenAIUsage"]),
        .executableTarget(
            name: "pricing-benchmark",
            dependencies: ["OpenAIUsagePricing", "OpenAIUsage"]
        ),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
