// swift-tools-version: 6.2
import PackageDescription

// The library's own sources with nothing but HTTPTypes beside them: what is measured is what ships, and it builds in a
// minute.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: [])
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
            name: "OpenAIUsageCurl",
            dependencies: ["CCurl", "OpenAIUsage", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .executableTarget(
            name: "curl-benchmark",
            dependencies: [
                "OpenAIUsageCurl", "OpenAIUsage", .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        .executableTarget(
            name: "meter-benchmark",
            dependencies: ["OpenAIUsage", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .executableTarget(name: "decoder-benchmark"),
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
