import Foundation

@testable import OpenAIUsageGateway

/// The corpus of messages that the tests of the wire have.
enum WireSeeds {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "OpenAIUsageGatewayTests/Wire/Fixtures/wire")

    static func messages(_ name: String) -> [[UInt8]] {
        do {
            let data = try Data(contentsOf: folder.appending(path: "\(name).json"))
            let cases = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
            return cases.compactMap { $0["input"] as? String }.map { Latin1.bytes($0) }
        } catch {
            fatalError("The corpus cannot be read: \(error)")
        }
    }
}
