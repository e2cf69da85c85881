// swift-tools-version: 6.2
import PackageDescription

// The core's own sources with libFuzzer targets over its parsers. `./run` builds it: libFuzzer brings the `main`.
let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: [])
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .target(name: "CByteScan"),
        .target(
            name: "OpenAIUsage",
            dependencies: ["CByteScan", "CZlib", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .executableTarget(
            name: "fuzz",
            dependencies: ["OpenAIUsage", .product(name: "HTTPTypes", package: "swift-http-types")],
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
