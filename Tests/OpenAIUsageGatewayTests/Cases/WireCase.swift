import Foundation
import HTTPTypes
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing
import Testing

/// One call as servers and gateways were seen to answer it, and what client, row and cost must be.
///
/// SAFETY: it is a value, and what is expected are JSON's immutable ones.
struct WireCase: CustomTestStringConvertible, @unchecked Sendable {
    let name: String
    let kind: String
    let method: String
    let path: String
    let requestFields: [(name: String, value: String)]
    let requestBody: String
    let status: Int
    let fields: [(name: String, value: String)]
    /// The response's body, in the pieces in which it is sent.
    let pieces: [[UInt8]]
    let expectedRow: [String: Any]
    let expectedClient: [String: Any]
    let expectedRows: Int

    var testDescription: String { "\(name): \(kind)" }

    /// All of the response's body.
    var body: [UInt8] { Array(pieces.joined()) }

    static let all: [WireCase] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "OpenAIUsageTests/Fixtures/cases")
        do {
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
            return try files.flatMap { file in
                let cases = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]]
                return (cases ?? []).map { WireCase($0) }
            }
        } catch {
            fatalError("The cases cannot be read: \(error)")
        }
    }()

    private init(_ document: [String: Any]) {
        func members(_ key: String, in object: [String: Any]) -> [String: Any] { object[key] as? [String: Any] ?? [:] }
        let request = members("request", in: document)
        let response = members("response", in: document)
        let expect = members("expect", in: document)
        name = document["name"] as? String ?? "?"
        kind = document["kind"] as? String ?? "?"
        method = request["method"] as? String ?? "POST"
        path = request["path"] as? String ?? "/v1/chat/completions"
        requestFields = (request["headers"] as? [String: String] ?? [:]).sorted { $0.key < $1.key }
            .map { (name: $0.key, value: $0.value) }
        requestBody = request["body"] as? String ?? ""
        status = response["status"] as? Int ?? 200
        fields = (response["headers"] as? [String: String] ?? [:]).sorted { $0.key < $1.key }
            .map { (name: $0.key, value: $0.value) }
        if let text = response["base64"] as? String, let data = Data(base64Encoded: text) {
            pieces = [Array(data)]
        } else {
            pieces = (response["pieces"] as? [String] ?? []).map { Array($0.utf8) }
        }
        expectedRow = members("row", in: expect)
        expectedClient = members("client", in: expect)
        expectedRows = expect["rows"] as? Int ?? 1
    }

    /// Compares a record with the row that is expected.
    func check(_ record: CallRecord, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let row = try #require(
            try JSONSerialization.jsonObject(with: Data(record.json.utf8)) as? [String: Any],
            sourceLocation: sourceLocation
        )
        for (key, expected) in expectedRow.sorted(by: { $0.key < $1.key }) {
            #expect(
                Self.matches(row[key], expected),
                "\(name): \(key) is \(row[key] ?? "absent"), expected \(expected)",
                sourceLocation: sourceLocation
            )
        }
    }

    private static func matches(_ value: Any?, _ expected: Any) -> Bool {
        if let condition = expected as? [String: Any] {
            if let choices = condition["any_of"] as? [Any] { return choices.contains { matches(value, $0) } }
            if let other = condition["not"] { return !matches(value, other) }
            switch condition["is"] as? String {
            case "null": return value is NSNull
            case "set": return !(value is NSNull) && value != nil
            default: break
            }
        }
        if expected is NSNull { return value is NSNull }
        if let number = decimal(value), let wanted = decimal(expected) { return number == wanted }
        guard let value = value as? NSObject, let expected = expected as? NSObject else { return false }
        return value == expected
    }

    /// The number that a value is, or that its text is.
    private static func decimal(_ value: Any?) -> Decimal? {
        switch value {
        case let number as NSNumber: Decimal(string: number.stringValue, locale: Locale(identifier: "en_US_POSIX"))
        case let text as String where text.first.map { $0.isNumber } ?? false:
            Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
        default: nil
        }
    }
}
