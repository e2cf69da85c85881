// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "examples",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "oai-usage", path: ".."),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    ],
    targets: [
        .executableTarget(
            name: "wrap-urlsession",
            dependencies: [
                .product(name: "OpenAIUsage", package: "oai-usage"),
                .product(name: "OpenAIUsageRecorder", package: "oai-usage"),
                .product(name: "OpenAIUsageURLSession", package: "oai-usage"),
            ]
        ),
        .executableTarget(
            name: "hummingbird-app",
            dependencies: [
                .product(name: "OpenAIUsage", package: "oai-usage"),
                .product(name: "OpenAIUsageAsyncHTTPClient", package: "oai-usage"),
                .product(name: "OpenAIUsageLedger", package: "oai-usage"),
                .product(name: "OpenAIUsageMetrics", package: "oai-usage"),
                .product(name: "OpenAIUsageRecorder", package: "oai-usage"),
                .product(name: "OpenAIUsageService", package: "oai-usage"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .executableTarget(
            name: "curl-tool",
            dependencies: [
                .product(name: "OpenAIUsage", package: "oai-usage"),
                .product(name: "OpenAIUsageCurl", package: "oai-usage"),
                .product(name: "OpenAIUsageLedger", package: "oai-usage"),
                .product(name: "OpenAIUsageRecorder", package: "oai-usage"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
    ]
)

for target in package.targets {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
