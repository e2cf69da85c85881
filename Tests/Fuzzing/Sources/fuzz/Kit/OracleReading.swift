import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import OpenAIUsageGateway

/// The first message, as NIO's decoder (llhttp) reads it.
struct OracleReading: Equatable {
    var startLine: [String] = []
    var fields: [String] = []
    var body: [UInt8] = []
    var isWhole = false
}

extension OracleReading {
    /// A message as the other parser would tell it.
    init(_ message: WireMessage) {
        // NIO has reasons of its own for the codes that it knows.
        let isResponse = message.startLine.first?.hasPrefix("1.") == true
        self.init(
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

    /// The first request, as NIO reads it.
    ///
    /// - Throws: NIO's error if it refuses it.
    static func request(_ bytes: [UInt8]) throws -> OracleReading {
        let channel = EmbeddedChannel()
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
        try channel.pipeline.syncOperations.addHandler(decoder)
        var fault: (any Error)?
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { fault = error }
        var reading = OracleReading()
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

    /// The first response, as NIO reads it.
    ///
    /// - Throws: NIO's error if it refuses it.
    static func response(_ bytes: [UInt8], to method: RequestMethod) throws -> OracleReading {
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
        var reading = OracleReading()
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

extension WireMessage {
    /// True unless the method is none of llhttp's.
    var isKnownToOracle: Bool {
        HTTPMethod.known.contains(startLine.first ?? "")
    }
}

extension HTTPMethod {
    fileprivate static let known: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND",
    ]
}
