// swift-tools-version: 6.2
import PackageDescription

// The core's own sources with nothing but HTTPTypes beside them. In the whole package's graph other dependencies switch
// on a trait of HTTPTypes that makes it import Foundation, which says nothing about the core.
let package = Package(
    name: "linkage-test",
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
            name: "linkage-probe",
            dependencies: ["OpenAIUsage", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
