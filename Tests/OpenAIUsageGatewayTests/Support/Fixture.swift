import Foundation
import OpenAIUsage
import Testing

/// A recorded response of the core's fixtures.
struct Fixture: Sendable, CustomTestStringConvertible {
    let name: String
    let body: [UInt8]
    /// The fields of the head as lines, without those that tell how the body is framed.
    let fields: [String]

    var testDescription: String { name }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "OpenAIUsageTests/Fixtures/samples")

    /// All event streams that are not encoded.
    static var eventStreams: [Fixture] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sse") }.sorted()
                .map { try Fixture($0) }
        }
    }

    init(_ name: String) throws {
        self.name = name
        body = Array(try Data(contentsOf: Self.folder.appending(path: name)))
        let stem = name.prefix { $0 != "." }
        let head = try String(contentsOf: Self.folder.appending(path: "\(stem).headers"), encoding: .utf8)
        fields = head.split(whereSeparator: \.isNewline).dropFirst().map(String.init).filter { line in
            let name = line.prefix { $0 != ":" }.lowercased()
            return name != "transfer-encoding" && name != "content-length"
        }
    }

    /// The body as a client gets it that has not asked for the usage in it.
    var stripped: [UInt8] {
        var stripper = UsageStripper()
        var output: [UInt8] = []
        body.withUnsafeBufferPointer { stripper.strip($0, into: &output) }
        stripper.finish(into: &output)
        return output
    }

    /// The body without its gzip coding.
    var inflated: [UInt8] {
        get throws {
            var inflater = Inflater(.gzip)
            var output: [UInt8] = []
            let isSound = body.withUnsafeBufferPointer { inflater.inflate($0) { output += Array($0) } }
            try #require(isSound)
            return output
        }
    }

    /// The response as an upstream sends it, in one chunk.
    var response: [UInt8] {
        let head = "HTTP/1.1 200 OK\r\n" + fields.map { $0 + "\r\n" }.joined() + "Transfer-Encoding: chunked\r\n\r\n"
        let size = String(body.count, radix: 16)
        return Array(head.utf8) + Array("\(size)\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
    }
}
