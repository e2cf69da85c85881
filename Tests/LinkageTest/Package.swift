// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "linkage-test",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "oai-usage", path: "../.."),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "linkage-probe",
            dependencies: [
                .product(name: "OpenAIUsage", package: "oai-usage"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        )
    ]
)
