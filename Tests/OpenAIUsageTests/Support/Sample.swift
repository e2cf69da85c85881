import Foundation
import HTTPTypes
import OpenAIUsage
import Testing

/// One recorded call of the fixtures, and what is to be read from it.
///
/// SAFETY: it is a value, and what is expected are JSON's immutable ones.
struct Sample: CustomTestStringConvertible, @unchecked Sendable {
    let name: String
    let expected: [String: Any]
    var head: HTTPResponse
    var body: [UInt8]
    var request: HTTPRequest
    var requestBody: [UInt8]

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
        if name.hasSuffix(".ws.jsonl") {
            // A recording of messages has no head: its answer to the handshake is told by what is expected.
            status = 101
            for (field, key) in [
                ("x-request-id", "request_id"), ("openai-organization", "organization"), ("openai-project", "project"),
                ("openai-processing-ms", "processing_ms"),
            ] {
                if let value = expected[key] as? String, let field = HTTPField.Name(field) { fields[field] = value }
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
            if let form = object["form"] as? [String: String] {
                requestBody = Self.form(form)
            } else if let body = object["body"], JSONSerialization.isValidJSONObject(body) {
                requestBody = Array(try JSONSerialization.data(withJSONObject: body))
            }
        }
        self.request = request
        self.requestBody = requestBody
    }

    /// A form with a file part before its fields, and one after them.
    private static func form(_ fields: [String: String]) -> [UInt8] {
        let file = [UInt8](repeating: 0x0d, count: 300) + Array("\r\n--X\r\n--".utf8)
        func filePart(_ name: String) -> [UInt8] {
            Array("--XX\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"model\"\r\n\r\n".utf8)
                + file + Array("\r\n".utf8)
        }
        var body = filePart("file")
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            body += Array("--XX\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        return body + filePart("mask") + Array("--XX--\r\n".utf8)
    }

    /// The same with no more in its heads than what decides how the bodies are read, which is quicker.
    var bare: Sample {
        var sample = self
        sample.head.headerFields = HTTPFields()
        for name in [HTTPField.Name.contentType, .contentEncoding] {
            sample.head.headerFields[name] = head.headerFields[name]
        }
        sample.request.headerFields = HTTPFields()
        sample.request.headerFields[.contentType] = request.headerFields[.contentType]
        return sample
    }

    /// Whether the body is the text messages of a socket, one a line.
    var isSocket: Bool { name.hasSuffix(".ws.jsonl") }

    func string(_ key: String) -> String? { expected[key] as? String }

    /// Whether the body stands behind a connection that broke.
    var isCut: Bool { string("usage_state") == "cut" || string("outcome") == "cut" }
}
