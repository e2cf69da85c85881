// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "oai-usage",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "OpenAIUsage", targets: ["OpenAIUsage"]),
        .library(name: "OpenAIUsagePricing", targets: ["OpenAIUsagePricing"]),
        .library(name: "OpenAIUsageLedger", targets: ["OpenAIUsageLedger"]),
        .library(name: "OpenAIUsageMetrics", targets: ["OpenAIUsageMetrics"]),
        .library(name: "OpenAIUsageObservability", targets: ["OpenAIUsageObservability"]),
        .library(name: "OpenAIUsageCurl", targets: ["OpenAIUsageCurl"]),
        .library(name: "OpenAIUsageRecorder", targets: ["OpenAIUsageRecorder"]),
        .library(name: "OpenAIUsageService", targets: ["OpenAIUsageService"]),
        .library(name: "OpenAIUsageGateway", targets: ["OpenAIUsageGateway"]),
        .library(name: "OpenAIUsageURLSession", targets: ["OpenAIUsageURLSession"]),
        .library(name: "OpenAIUsageAsyncHTTPClient", targets: ["OpenAIUsageAsyncHTTPClient"]),
        .library(name: "OpenAIUsageTesting", targets: ["OpenAIUsageTesting"]),
        .library(name: "OpenAISimulator", targets: ["OpenAISimulator"]),
        .executable(name: "oai-usage", targets: ["oai-usage"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
        ),
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]
        ),
        .target(name: "CByteScan"),
        .target(
            name: "OpenAIUsage",
            dependencies: [
                "CByteScan",
                "CZlib",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
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
            name: "OpenAIUsageMetrics",
            dependencies: ["CZlib", "OpenAIUsage"]
        ),
        .target(
            name: "OpenAIUsageObservability",
            dependencies: [
                "OpenAIUsage",
                "OpenAIUsageMetrics",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ]
        ),
        .target(
            name: "OpenAIUsageRecorder",
            dependencies: ["OpenAIUsage", "OpenAIUsagePricing", "OpenAIUsageLedger", "OpenAIUsageMetrics"]
        ),
        .target(
            name: "OpenAIUsageTesting",
            dependencies: ["OpenAIUsage", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .target(
            name: "OpenAIUsageService",
            dependencies: [
                "OpenAIUsage",
                "OpenAIUsageLedger",
                "OpenAIUsageMetrics",
                "OpenAIUsageRecorder",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "OpenAIUsageCurl",
            dependencies: [
                "CCurl",
                "OpenAIUsage",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        .target(
            name: "OpenAIUsageGateway",
            dependencies: [
                "OpenAIUsage",
                "OpenAIUsagePricing",
                "OpenAIUsageLedger",
                "OpenAIUsageMetrics",
                "OpenAIUsageRecorder",
                "OpenAIUsageService",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["Admin/Page"]
        ),
        .target(
            name: "OpenAIUsageURLSession",
            dependencies: ["OpenAIUsage", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .target(
            name: "OpenAIUsageAsyncHTTPClient",
            dependencies: [
                "OpenAIUsage",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "OpenAISimulator",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .executableTarget(
            name: "oai-usage",
            dependencies: [
                "CZlib",
                "OpenAIUsage",
                "OpenAIUsagePricing",
                "OpenAIUsageLedger",
                "OpenAIUsageMetrics",
                "OpenAIUsageGateway",
                "OpenAISimulator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        // The programs of the package in Examples, which CI builds and runs with everything else.
        .executableTarget(
            name: "wrap-urlsession",
            dependencies: ["OpenAIUsage", "OpenAIUsageRecorder", "OpenAIUsageURLSession"],
            path: "Examples/Sources/wrap-urlsession"
        ),
        .executableTarget(
            name: "curl-tool",
            dependencies: [
                "OpenAIUsage", "OpenAIUsageCurl", "OpenAIUsageLedger", "OpenAIUsageRecorder",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            path: "Examples/Sources/curl-tool"
        ),
        .executableTarget(
            name: "hummingbird-app",
            dependencies: [
                "OpenAIUsage", "OpenAIUsageAsyncHTTPClient", "OpenAIUsageLedger", "OpenAIUsageMetrics",
                "OpenAIUsageRecorder", "OpenAIUsageService",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Examples/Sources/hummingbird-app"
        ),
        .target(
            name: "OpenAIUsageTestSupport",
            dependencies: ["OpenAIUsage"],
            path: "Tests/OpenAIUsageTestSupport"
        ),
        .target(
            name: "OpenAIUsageTestKit",
            dependencies: [
                "OpenAIUsageTestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/OpenAIUsageTestKit"
        ),
        .testTarget(
            name: "OpenAIUsageTests",
            dependencies: [
                "OpenAIUsageTesting", "CByteScan", "OpenAIUsage", "OpenAIUsageTestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "OpenAIUsagePricingTests",
            dependencies: [
                "OpenAIUsagePricing", "OpenAIUsage", "OpenAIUsageTestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        .testTarget(
            name: "OpenAIUsageLedgerTests",
            dependencies: [
                "OpenAIUsageLedger", "OpenAIUsage", "OpenAIUsageTestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        .testTarget(
            name: "OpenAIUsageMetricsTests",
            dependencies: ["OpenAIUsageMetrics", "OpenAIUsageTestSupport", "OpenAIUsage"]
        ),
        .testTarget(
            name: "OpenAIUsageObservabilityTests",
            dependencies: [
                "OpenAIUsageTesting", "OpenAIUsageObservability", "OpenAIUsageMetrics", "OpenAIUsage",
                "OpenAIUsageTestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        .testTarget(
            name: "OpenAISimulatorTests",
            dependencies: [
                "OpenAISimulator", "OpenAIUsageTestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "OpenAIUsageGatewayTests",
            dependencies: [
                "OpenAIUsageTesting", "OpenAIUsageGateway", "OpenAISimulator", "OpenAIUsage", "OpenAIUsageLedger",
                "OpenAIUsageMetrics",
                "OpenAIUsagePricing", "OpenAIUsageTestKit", "OpenAIUsageTestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Wire/Fixtures"]
        ),
        .target(name: "CEasyHandle", dependencies: ["CCurl"], path: "Tests/CEasyHandle"),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "CCurl", "CEasyHandle", "OpenAIUsageRecorder", "OpenAIUsageService", "OpenAIUsageTesting",
                "OpenAIUsageCurl", "OpenAIUsage",
                "OpenAIUsageLedger",
                "OpenAIUsageMetrics", "OpenAIUsageTestKit", "OpenAIUsageURLSession", "OpenAIUsageAsyncHTTPClient",
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "OpenAIUsageServiceTests",
            dependencies: [
                "OpenAIUsageService", "OpenAIUsageRecorder", "OpenAIUsage", "OpenAIUsageLedger", "OpenAIUsageMetrics",
                "OpenAIUsagePricing", "OpenAIUsageTestKit", "OpenAIUsageTesting",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "OpenAIUsageCurlTests",
            dependencies: [
                "OpenAIUsageTesting", "OpenAIUsageCurl", "OpenAISimulator", "OpenAIUsage", "OpenAIUsageTestKit",
                "CCurl",
                "OpenAIUsageTestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        .testTarget(
            name: "OpenAIUsageAdapterTests",
            dependencies: [
                "OpenAIUsageURLSession", "OpenAIUsageAsyncHTTPClient", "OpenAIUsage", "OpenAIUsageTestKit",
                "OpenAIUsageTestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .target(name: "CMutexSight", path: "Tests/CMutexSight"),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "CMutexSight", "OpenAIUsage", "OpenAIUsageAsyncHTTPClient", "OpenAIUsageCurl", "OpenAIUsageGateway",
                "OpenAIUsageLedger", "OpenAIUsageMetrics", "OpenAIUsagePricing", "OpenAIUsageTestKit",
                "OpenAIUsageURLSession", "CCurl",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "oai-usage", "OpenAIUsageLedger", "OpenAIUsageGateway", "OpenAIUsage", "OpenAIUsagePricing",
                "OpenAIUsageMetrics",
                "OpenAIUsageTestKit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
    ]
)

for target in package.targets where target.type != .system && target.type != .plugin {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
