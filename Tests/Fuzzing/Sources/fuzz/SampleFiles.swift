import Foundation

/// The recorded samples, as inputs to begin with.
struct SampleFiles {
    /// A recorded call.
    struct Sample {
        var method: String
        var path: String
        var contentType: String
        var status: Int
        var body: [UInt8]
        var requestBody: [UInt8]
    }

    /// The longest body that is worth to begin with.
    private static let maximumLength = 12_000

    var samples: [Sample] = []

    init(in folder: URL) throws {
        guard let expected = StrictJSON(Array(try Data(contentsOf: folder.appending(path: "expected.json")))),
            case .array(let calls)? = expected["samples"]?.value
        else { fatalError("expected.json is not as expected.") }
        for call in calls {
            func text(_ key: String) -> String? {
                guard case .string(let text)? = call[key]?.value else { return nil }
                return String(decoding: text, as: UTF8.self)
            }
            guard let file = text("file") else { continue }
            let stem = String(file.prefix { $0 != "." })
            let head =
                (try? String(contentsOf: folder.appending(path: "\(stem).headers"), encoding: .utf8))?
                .split(whereSeparator: \.isNewline) ?? []
            let type = head.first { $0.lowercased().hasPrefix("content-type:") }?.dropFirst(13) ?? ""
            var sample = Sample(
                method: text("method") ?? "POST",
                path: text("path") ?? "/",
                contentType: type.trimmingCharacters(in: .whitespaces),
                status: head.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 101,
                body: Array(try Data(contentsOf: folder.appending(path: file))),
                requestBody: []
            )
            guard sample.body.count <= Self.maximumLength else { continue }
            if let data = try? Data(contentsOf: folder.appending(path: "\(stem).request.json")) {
                let bytes = Array(data)
                if let body = StrictJSON(bytes)?["body"] { sample.requestBody = Array(bytes[body.range]) }
            }
            samples.append(sample)
        }
    }

    var streams: [[UInt8]] { samples.filter { $0.contentType.hasPrefix("text/event-stream") }.map(\.body) }
}
