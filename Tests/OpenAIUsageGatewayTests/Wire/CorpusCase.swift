import Foundation
import Testing

@testable import OpenAIUsageGateway

/// A message and what must be made of it, from `Fixtures/wire`.
///
/// The input is a text whose scalars are bytes, or a list of texts and of pairs of a text and the times it is repeated.
struct CorpusCase: Sendable, CustomTestStringConvertible {
    enum Expectation: Sendable, Equatable {
        /// The message is read.
        case accept(framing: BodyFraming, keepsAlive: Bool, body: [UInt8])
        case refuse(status: Int, code: String)
        /// The message is not whole, and nothing is wrong with what is there.
        case incomplete
    }

    let name: String
    let input: [UInt8]
    /// The method of the request that a response answers.
    let method: RequestMethod
    let expectation: Expectation
    /// The bytes behind the message, which belong to another.
    let rest: Int

    var testDescription: String { name }

    static let requests = load("requests")
    static let responses = load("responses")

    private static func load(_ file: String) -> [CorpusCase] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/wire/\(file).json")
        do {
            let cases = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [[String: Any]]
            return try #require(cases).map { try CorpusCase($0) }
        } catch {
            fatalError("\(url.path()) cannot be read: \(error)")
        }
    }

    private init(_ members: [String: Any]) throws {
        name = try #require(members["name"] as? String)
        input = try Self.bytes(members["input"])
        rest = members["rest"] as? Int ?? 0
        method = members["method"] as? String == "HEAD" ? .head : .get
        let expect = members["expect"]
        if let accept = (expect as? [String: Any])?["accept"] as? [String: Any] {
            expectation = .accept(
                framing: try Self.framing(accept["framing"]),
                keepsAlive: accept["keepsAlive"] as? Bool ?? true,
                body: try Self.bytes(accept["body"] ?? "")
            )
        } else if let refuse = (expect as? [String: Any])?["refuse"] as? [String: Any] {
            expectation = .refuse(
                status: try #require(refuse["status"] as? Int),
                code: try #require(refuse["code"] as? String)
            )
        } else {
            try #require(expect as? String == "incomplete", "\(name)")
            expectation = .incomplete
        }
    }

    private static func bytes(_ value: Any?) throws -> [UInt8] {
        if let text = value as? String { return Latin1.bytes(text) }
        return try #require(value as? [Any]).flatMap { part -> [UInt8] in
            if let text = part as? String { return Latin1.bytes(text) }
            let pair = try #require(part as? [Any])
            let text = Latin1.bytes(try #require(pair.first as? String))
            return Array(repeatElement(text, count: try #require(pair.last as? Int)).joined())
        }
    }

    private static func framing(_ value: Any?) throws -> BodyFraming {
        if let length = value as? Int { return .length(length) }
        switch value as? String {
        case "none": return .none
        case "chunked": return .chunked
        case "close": return .untilClose
        default: throw CocoaError(.propertyListReadCorrupt)
        }
    }
}
