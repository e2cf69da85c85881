import Foundation
import OpenAIUsage

extension Scenario {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "OpenAIUsageTests/Fixtures/samples")

    /// Fields that concern one connection only; each delivery writes its own.
    private static let framingFields: Set<String> = ["content-length", "transfer-encoding", "connection", "keep-alive"]

    /// The recorded calls of the core's fixtures, but for those over sockets, which no path carries.
    static let samples: [Scenario] = {
        do {
            let data = try Data(contentsOf: folder.appending(path: "expected.json"))
            let document = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            let samples = document?["samples"] as? [[String: Any]] ?? []
            return try samples.filter { ($0["file"] as? String)?.hasSuffix(".ws.jsonl") == false }.map {
                try sample($0)
            }
        } catch {
            fatalError("The fixtures cannot be read: \(error)")
        }
    }()

    private static func sample(_ expected: [String: Any]) throws -> Scenario {
        let name = expected["file"] as? String ?? "?"
        let stem = String(name.prefix { $0 != "." })
        let state = expected["usage_state"] as? String
        let outcome = expected["outcome"] as? String
        let isCut = state == "cut" || outcome == "cut"
        let (status, fields) = try head(stem)
        var response = ScriptedResponse(status: status, fields: fields)
        response.body = Array(try Data(contentsOf: folder.appending(path: name)))
        response.end = isCut ? .closes : .isWhole
        response.hasNoBody = status == 204
        let isError = expected["error"] != nil || outcome == "error" || outcome == "failed"
        var scenario = Scenario(
            name: stem,
            method: expected["method"] as? String ?? "POST",
            path: expected["path"] as? String ?? "/",
            requestBody: [],
            reply: .responds(response),
            deliveries: isCut ? Delivery.cut : Delivery.all,
            outcome: isError ? .error : isCut ? .cut : .completed,
            usageState: state
        )
        try scenario.readRequest(stem)
        return scenario
    }

    private static func head(_ stem: String) throws -> (status: Int, fields: [(name: String, value: String)]) {
        let text = try String(contentsOf: folder.appending(path: "\(stem).headers"), encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline)
        let fields = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, !framingFields.contains(parts[0].lowercased()) else { return nil }
            return (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
        }
        return (Int(lines[0].split(separator: " ")[1]) ?? 0, fields)
    }

    private mutating func readRequest(_ stem: String) throws {
        let url = Self.folder.appending(path: "\(stem).request.json")
        guard let data = try? Data(contentsOf: url),
            let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return }
        fields = (object["headers"] as? [String: String] ?? [:]).sorted { $0.key < $1.key }
            .map { (name: $0.key, value: $0.value) }
        if let form = object["form"] as? [String: String] {
            for (name, value) in form.sorted(by: { $0.key < $1.key }) {
                let head = "--XX\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n"
                requestBody += Array("\(head)\(value)\r\n".utf8)
            }
            requestBody += Array("--XX--\r\n".utf8)
        } else if let body = object["body"], JSONSerialization.isValidJSONObject(body) {
            requestBody = Array(try JSONSerialization.data(withJSONObject: body, options: [.sortedKeys]))
        }
    }
}
