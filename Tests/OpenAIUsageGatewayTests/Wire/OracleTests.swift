import NIOCore
import NIOEmbedded
import NIOHTTP1
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// NIO's decoder (llhttp) beside ours: what we accept it must accept too, and read alike.
struct OracleTests {
    /// The first message, as another parser reads it.
    struct Reading: Equatable {
        var startLine: [String] = []
        var fields: [String] = []
        var body: [UInt8] = []
        var isWhole = false
    }

    static let rounds = 2_000

    /// Requests that are well-formed, and that llhttp refuses or NIO tells otherwise: methods are a list there, `M-SEARCH`
    /// loses its hyphen, and a tab beside a length or a coding is part of the value.
    static let unknownToOracle: Set<String> = [
        "method QUERY", "method in lower case", "method with every mark of a token", "method of 32 bytes",
        "Trace is another method", "method M-SEARCH", "blanks around a length", "blanks around chunked",
    ]

    @Test(arguments: CorpusCase.requests.filter { $0.isAccepted && !unknownToOracle.contains($0.name) })
    func requestsAreReadAlike(_ entry: CorpusCase) throws {
        let message = try #require(WireReading.requests(entry.input).messages.first)
        #expect(try Self.request(entry.input) == Self.reading(message))
    }

    @Test(arguments: CorpusCase.responses.filter(\.isAccepted))
    func responsesAreReadAlike(_ entry: CorpusCase) throws {
        let message = try #require(WireReading.responses(entry.input, to: entry.method).messages.first)
        #expect(try Self.response(entry.input, to: entry.method) == Self.reading(message))
    }

    /// A request that was changed at random and that is still accepted is one that llhttp accepts.
    ///
    /// The other direction does not hold: we are stricter.
    @Test(arguments: 0..<8)
    func changedRequestsAreReadAlike(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let inputs = CorpusCase.requests.filter { $0.input.count < 512 && $0.input.count > 20 }.map(\.input)
        var accepted = 0
        for _ in 0..<Self.rounds {
            let input = Mutation.change(inputs.randomElement(using: &random) ?? [], &random)
            let reading = WireReading.requests(input)
            guard let message = reading.messages.first, message.isWhole, message.isKnownToOracle,
                !input.contains(Octets.tab)
            else { continue }
            accepted += 1
            let oracle = try? Self.request(input)
            #expect(oracle == Self.reading(message), "seed \(seed): \(Latin1.text(input).debugDescription)")
        }
        #expect(accepted > 100)
    }

    @Test(arguments: 0..<8)
    func changedResponsesAreReadAlike(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let inputs = CorpusCase.responses.filter { $0.input.count < 512 && $0.input.count > 20 }.map(\.input)
        var accepted = 0
        for _ in 0..<Self.rounds {
            let input = Mutation.change(inputs.randomElement(using: &random) ?? [], &random)
            guard let message = WireReading.responses(input).messages.first, message.isWhole,
                !input.contains(Octets.tab)
            else { continue }
            accepted += 1
            let oracle = try? Self.response(input, to: .get)
            #expect(oracle == Self.reading(message), "seed \(seed): \(Latin1.text(input).debugDescription)")
        }
        #expect(accepted > 100)
    }

    // MARK: - Readings

    private static func reading(_ message: WireMessage) -> Reading {
        // NIO has reasons of its own for the codes that it knows.
        let isResponse = message.startLine.first?.hasPrefix("1.") == true
        return Reading(
            startLine: isResponse ? Array(message.startLine.prefix(2)) : message.startLine,
            fields: message.fields.map { String(decoding: Latin1.bytes($0), as: UTF8.self) },
            // Behind a change of protocols NIO reads nothing.
            body: isResponse && message.startLine[1] == "101" ? [] : message.body,
            isWhole: message.isWhole
        )
    }

    /// The fields without the blanks behind their values, which NIO leaves there.
    private static func fields(_ headers: HTTPHeaders) -> [String] {
        headers.map { name, value in
            var value = Substring(value)
            while value.last == " " || value.last == "\t" { value.removeLast() }
            return "\(name): \(value)"
        }
    }

    private static func request(_ bytes: [UInt8]) throws -> Reading {
        let channel = EmbeddedChannel()
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
        try channel.pipeline.syncOperations.addHandler(decoder)
        var fault: (any Error)?
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { fault = error }
        var reading = Reading()
        parts: while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                reading.startLine = [head.method.rawValue, head.uri, head.version == .http1_0 ? "1.0" : "1.1"]
                reading.fields = fields(head.headers)
            case .body(let buffer):
                reading.body += buffer.readableBytesView
            case .end:
                reading.isWhole = true
                break parts
            }
        }
        // A fault behind the first message is another one's.
        if let fault, !reading.isWhole { throw fault }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return reading
    }

    private static func response(_ bytes: [UInt8], to method: RequestMethod) throws -> Reading {
        let channel = EmbeddedChannel()
        let decoder = HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes,
            informationalResponseStrategy: .forward
        )
        try channel.pipeline.syncOperations.addHandlers([
            HTTPRequestEncoder(), ByteToMessageHandler(decoder),
        ])
        let head = HTTPRequestHead(version: .http1_1, method: method == .head ? .HEAD : .GET, uri: "/")
        // A response behind the first one has a request of its own.
        for _ in 0..<2 {
            try channel.writeOutbound(HTTPClientRequestPart.head(head))
            try channel.writeOutbound(HTTPClientRequestPart.end(nil))
        }
        var fault: (any Error)?
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { fault = error }
        // The end of the connection ends a body.
        do { _ = try channel.finish(acceptAlreadyClosed: true) } catch { fault = fault ?? error }
        var reading = Reading()
        parts: while let part = try channel.readInbound(as: HTTPClientResponsePart.self) {
            switch part {
            case .head(let head):
                guard reading.startLine.isEmpty else {
                    // An interim response has no end of its own.
                    reading.isWhole = true
                    break parts
                }
                reading.startLine = [head.version == .http1_0 ? "1.0" : "1.1", "\(head.status.code)"]
                reading.fields = fields(head.headers)
                if (100..<200).contains(head.status.code), head.status.code != 101 { reading.isWhole = true }
            case .body(let buffer):
                reading.body += buffer.readableBytesView
            case .end:
                reading.isWhole = true
                break parts
            }
        }
        if let fault, !reading.isWhole { throw fault }
        return reading
    }
}

extension CorpusCase {
    var isAccepted: Bool {
        if case .accept = expectation { true } else { false }
    }
}

extension WireMessage {
    /// True unless the method is none of llhttp's.
    fileprivate var isKnownToOracle: Bool {
        HTTPMethod.known.contains(startLine.first ?? "")
    }
}

extension HTTPMethod {
    fileprivate static let known: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND",
    ]
}
