import NIOCore

@testable import OpenAIUsageGateway

/// A message as the parsers and the body reader together read it, for comparisons.
struct WireMessage: Equatable {
    var startLine: [String] = []
    var path = ""
    var fields: [String] = []
    var framing = BodyFraming.none
    var keepsAlive = false
    var expectsContinue = false
    var upgrade: String?
    var body: [UInt8] = []
    var trailers: [UInt8] = []
    /// Every byte of the body with its framing, as it is passed on.
    var passed: [UInt8] = []
    var isWhole = false
}

/// All that is read from the bytes of a connection.
struct WireReading: Equatable {
    var messages: [WireMessage] = []
    var error: WireError?
    /// The number of bytes that are not read, of a head that is not there in full or of another protocol.
    var unread = 0

    /// Reads requests, as many as there are.
    ///
    /// - Parameters:
    ///   - bytes: What the client sends.
    ///   - cuts: Where the bytes are cut, in order.
    ///   - limits: The limits of the heads.
    /// - Returns: What was read.
    static func requests(_ bytes: [UInt8], cuts: [Int] = [], limits: HeadLimits = HeadLimits()) -> WireReading {
        var parser = RequestParser(limits: limits)
        return read(bytes, cuts, .request) { buffer in
            switch parser.parse(&buffer) {
            case .needsMore: .success(nil)
            case .failed(let error): .failure(error)
            case .head(let head): .success((WireMessage(head), BodyReader(head.framing)))
            }
        }
    }

    /// Reads responses to requests of a method, as many as there are.
    static func responses(
        _ bytes: [UInt8],
        cuts: [Int] = [],
        to method: RequestMethod = .get,
        limits: HeadLimits = HeadLimits()
    ) -> WireReading {
        var parser = ResponseParser(limits: limits)
        return read(bytes, cuts, .response) { buffer in
            switch parser.parse(&buffer, answering: method) {
            case .needsMore: .success(nil)
            case .failed(let error): .failure(error)
            case .head(let head): .success((WireMessage(head), BodyReader(head.framing, of: .response)))
            }
        }
    }

    private static func read(
        _ bytes: [UInt8],
        _ cuts: [Int],
        _ kind: MessageKind,
        _ parse: (inout ByteBuffer) -> Result<(WireMessage, BodyReader)?, WireError>
    ) -> WireReading {
        var reading = WireReading()
        var buffer = ByteBuffer()
        var body: BodyReader?
        var start = 0
        pieces: for cut in cuts + [bytes.count] where cut > start && cut <= bytes.count {
            buffer = copy(of: buffer, followedBy: bytes[start..<cut])
            start = cut
            while true {
                if body == nil {
                    switch parse(&buffer) {
                    case .success(let head?):
                        reading.messages.append(head.0)
                        body = head.1
                    case .success(nil):
                        continue pieces
                    case .failure(let error):
                        reading.error = error
                        break pieces
                    }
                }
                guard body?.read(&buffer, into: &reading) == true else {
                    if reading.error != nil { break pieces }
                    continue pieces
                }
                body = nil
            }
        }
        if var open = body, open.close(), !reading.messages.isEmpty {
            reading.messages[reading.messages.count - 1].isWhole = true
        }
        if reading.error == nil {
            reading.unread = buffer.readableBytes
        } else if let last = reading.messages.indices.last {
            // How much of a stretch was passed on before its fault was found depends on how it came.
            reading.messages[last].passed = []
            reading.messages[last].trailers = []
        }
        return reading
    }

    /// A buffer of exactly these bytes, so that a sanitizer knows where they end.
    private static func copy(of buffer: ByteBuffer, followedBy bytes: ArraySlice<UInt8>) -> ByteBuffer {
        var result = ByteBuffer(bytes: buffer.readableBytesView)
        result.writeBytes(bytes)
        return result
    }
}

extension BodyReader {
    /// Reads what there is of a body into the last message.
    ///
    /// - Returns: True if the body has ended.
    fileprivate mutating func read(_ buffer: inout ByteBuffer, into reading: inout WireReading) -> Bool {
        var index = 0
        let last = reading.messages.count - 1
        let hasEnded = buffer.withUnsafeReadableBytes { bytes -> Bool in
            while true {
                let step = next(bytes, from: &index)
                switch step {
                case .payload(let range):
                    reading.messages[last].body += bytes[range]
                    reading.messages[last].passed += bytes[range]
                case .framing(let range):
                    reading.messages[last].passed += bytes[range]
                case .trailers(let range):
                    reading.messages[last].trailers += bytes[range]
                    reading.messages[last].passed += bytes[range]
                case .end:
                    reading.messages[last].isWhole = true
                    return true
                case .needsMore:
                    return false
                case .failed(let error):
                    reading.error = error
                    return false
                }
            }
        }
        buffer.moveReaderIndex(forwardBy: index)
        return hasEnded
    }
}

extension WireMessage {
    init(_ head: RequestHead) {
        self.init(fields: head)
        startLine = [head.methodName, head.string(head.target), head.isHTTP10 ? "1.0" : "1.1"]
        path = head.pathText
        framing = head.framing
        keepsAlive = head.keepsAlive
        expectsContinue = head.expectsContinue
        upgrade = head.upgrade.map { head.string($0) }
    }

    init(_ head: ResponseHead) {
        self.init(fields: head)
        startLine = [head.isHTTP10 ? "1.0" : "1.1", "\(head.status)", Latin1.text(head, head.reason)]
        framing = head.framing
        keepsAlive = head.keepsAlive
    }

    private init(fields head: some MessageHead) {
        fields = head.fields.map { "\(Latin1.text(head, $0.name)): \(Latin1.text(head, $0.value))" }
        // The lines stand one behind another, between the first line and the empty one.
        var end = head.fields.first?.line.lowerBound ?? head.bytes.readableBytes - 2
        for field in head.fields {
            precondition(field.line.lowerBound == end && head.string(field.line).hasSuffix("\r\n"))
            end = field.line.upperBound
        }
        precondition(end == head.bytes.readableBytes - 2)
    }
}

/// Bytes as text in which every scalar is one byte.
enum Latin1 {
    static func bytes(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { scalar in
            precondition(scalar.value < 256, "Fixtures spell bytes as U+0000 to U+00FF.")
            return UInt8(scalar.value)
        }
    }

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    static func text(_ head: some MessageHead, _ range: Range<Int>) -> String {
        head.withBytes(range) { text($0) }
    }
}
