// swift-tools-version: 6.2
import PackageDescription

// The core's and the gateway's own sources with libFuzzer targets over their parsers and states. `./run` builds it: libFuzzer brings the `main`.
let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .target(name: "CByteScan"),
        .target(
            name: "OpenAIUsage",
            dependencies: ["CByteScan", "CZlib", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .target(
            name: "OpenAIUsageGateway",
            dependencies: [
                "OpenAIUsage", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            exclude: ["Policy/LiveConfiguration.swift"]
        ),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "OpenAIUsage", "OpenAIUsageGateway", .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]
        ),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ]
}
