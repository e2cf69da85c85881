import Foundation
import HTTPTypes
import OpenAIUsage
import Testing

/// One recorded call of the fixtures, and what is to be read from it.
///
/// SAFETY: nothing changes after the initializer, and the values are JSON's immutable ones.
struct Sample: CustomTestStringConvertible, @unchecked Sendable {
    let name: String
    let expected: [String: Any]
    let head: HTTPResponse
    let body: [UInt8]
    let request: HTTPRequest
    let requestBody: [UInt8]

    var testDescription: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/samples")

    static let all: [Sample] = {
        do {
            let data = try Data(contentsOf: folder.appending(path: "expected.json"))
            let document = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            let samples = document?["samples"] as? [[String: Any]] ?? []
            return try samples.map { try Sample($0) }
        } catch {
            fatalError("The fixtures cannot be read: \(error)")
        }
    }()

    init(_ expected: [String: Any]) throws {
        self.expected = expected
        name = expected["file"] as? String ?? "?"
        body = Array(try Data(contentsOf: Self.folder.appending(path: name)))
        let stem = String(name.prefix { $0 != "." })
        var fields = HTTPFields()
        var status = 200
        if let text = try? String(contentsOf: Self.folder.appending(path: "\(stem).headers"), encoding: .utf8) {
            let lines = text.split(whereSeparator: \.isNewline)
            status = Int(lines[0].split(separator: " ")[1]) ?? 0
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else { continue }
                fields.append(HTTPField(name: name, value: parts[1].trimmingCharacters(in: .whitespaces)))
            }
        }
        head = HTTPResponse(status: .init(code: status), headerFields: fields)
        var request = HTTPRequest(
            method: .init(expected["method"] as? String ?? "POST") ?? .post,
            scheme: "https",
            authority: expected["host"] as? String,
            path: expected["path"] as? String
        )
        var requestBody: [UInt8] = []
        if let data = try? Data(contentsOf: Self.folder.appending(path: "\(stem).request.json")),
            let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        {
            for (name, value) in object["headers"] as? [String: String] ?? [:] {
                if let name = HTTPField.Name(name) { request.headerFields[name] = value }
            }
            if let body = object["body"], JSONSerialization.isValidJSONObject(body) {
                requestBody = Array(try JSONSerialization.data(withJSONObject: body))
            }
        }
        self.request = request
        self.requestBody = requestBody
    }

    func string(_ key: String) -> String? { expected[key] as? String }

    /// Whether the body stands behind a connection that broke.
    var isCut: Bool { string("usage_state") == "cut" || string("outcome") == "cut" }
}
