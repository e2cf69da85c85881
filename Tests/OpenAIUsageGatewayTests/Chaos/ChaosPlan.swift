import OpenAIUsageTestSupport

/// What happens in one call of the chaos, all of it told by a seed.
struct ChaosPlan: Sendable {
    enum Framing: CaseIterable, Sendable { case length, chunked, untilClose }

    /// What the upstream does.
    enum UpstreamFault: Sendable, Equatable {
        case none
        /// It closes without a byte.
        case closes
        case resets
        /// It ends within its response.
        case cuts(Int, isReset: Bool)
        /// It sends a part of its response, and nothing more.
        case stalls(Int)
        /// It answers with what is not HTTP.
        case garbles
        /// It sends bytes behind its response that nobody asked for.
        case strays
        /// It closes behind its response without a word.
        case closesBehind
    }

    /// What the client does.
    enum ClientFault: Sendable, Equatable {
        case none
        /// It goes within its request.
        case leavesWithinRequest(Int, isReset: Bool)
        /// It goes within its response.
        case leavesWithinResponse(Int, isReset: Bool)
        /// It ends its side behind its request, and reads on.
        case halfCloses
    }

    let seed: UInt64
    let isStream: Bool
    let framing: Framing
    /// True if the client's version knows no end of a response but that of the connection.
    let isHTTP10: Bool
    let upstreamFault: UpstreamFault
    let clientFault: ClientFault
    let request: [UInt8]
    /// The body that the client must get.
    let body: [UInt8]
    /// True if the upstream answers before it has read the request's body.
    let isEarly: Bool
    let pieces: [Int]
    private let text: String
    private let status: Int

    static let usage =
        #"data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"# + "\n\n"

    init(seed: UInt64) {
        self.seed = seed
        var random = SplitMix64(seed: seed)
        isStream = random.chance(45)
        let clientFault = Self.clientFault(&random)
        // Who has ended its side cannot tell the end of such a response from a cut.
        let framings = clientFault == .halfCloses ? [Framing.length, .chunked] : Framing.allCases
        framing =
            isStream ? (random.chance(85) ? .chunked : .untilClose) : framings.randomElement(using: &random) ?? .length
        self.clientFault = framing == .untilClose && clientFault == .halfCloses ? .none : clientFault
        isHTTP10 = self.clientFault != .halfCloses && random.chance(15)
        let payload = String(repeating: "p", count: Int.random(in: 0...4_000, using: &random))
        request = Array(
            RawClient.post(
                isStream
                    ? "/v1/chat/completions" : ["/v1/x", "/v1/embeddings"].randomElement(using: &random) ?? "/v1/x",
                #"{"model":"gpt-4o-mini"\#(isStream ? #","stream":true"# : ""),"x":"\#(payload)"}"#,
                extra: "X-Plan: \(seed)\r\n"
            ).replacing("HTTP/1.1", with: isHTTP10 ? "HTTP/1.0" : "HTTP/1.1").utf8
        )
        status = isStream ? 200 : [200, 200, 200, 404, 429, 500].randomElement(using: &random) ?? 200
        var text = ""
        for number in 0..<Int.random(in: 0...24, using: &random) {
            text += isStream ? "data: {\"choices\":[{\"delta\":{\"content\":\"\(number)\"}}]}\n\n" : "line \(number)\n"
        }
        if isStream { text += "data: [DONE]\n\n" }
        self.text = text
        body = Array(text.utf8)
        isEarly = !isStream && random.chance(10)
        pieces = (0..<4).map { _ in Int.random(in: 40...1_500, using: &random) }
        upstreamFault = Self.upstreamFault(length: text.utf8.count + 200, &random)
    }

    private static func clientFault(_ random: inout SplitMix64) -> ClientFault {
        let length = Int.random(in: 0...3_000, using: &random)
        let isReset = random.chance(50)
        return switch Int.random(in: 0..<100, using: &random) {
        case 0..<6: .leavesWithinRequest(length, isReset: isReset)
        case 6..<14: .leavesWithinResponse(length, isReset: isReset)
        case 14..<18: .halfCloses
        default: .none
        }
    }

    private static func upstreamFault(length: Int, _ random: inout SplitMix64) -> UpstreamFault {
        let part = Int.random(in: 0..<length, using: &random)
        return switch Int.random(in: 0..<1_000, using: &random) {
        case 0..<20: .closes
        case 20..<40: .resets
        case 40..<100: .cuts(part, isReset: random.chance(50))
        case 100..<104: .stalls(part)
        case 104..<120: .garbles
        case 120..<140: .strays
        case 140..<180: .closesBehind
        default: .none
        }
    }

    var description: String {
        "plan \(seed): \(isEarly ? "early, " : "")\(isHTTP10 ? "1.0, " : "")\(framing), \(upstreamFault), \(clientFault)"
    }

    /// True if the upstream sends its response in full, and nobody goes before that.
    var isSound: Bool {
        switch upstreamFault {
        case .none where isEarly && framing == .untilClose: false
        // Who closes before it has read the request resets the connection.
        case .strays where isEarly, .closesBehind where isEarly: false
        case .none, .strays, .closesBehind: clientFault == .none
        case .closes, .resets, .cuts, .stalls, .garbles: false
        }
    }

    /// The content of a response that tells its usage.
    var bodyWithUsage: [UInt8] {
        Array(
            (isStream ? String(text.dropLast("data: [DONE]\n\n".count)) + Self.usage + "data: [DONE]\n\n" : text).utf8
        )
    }

    /// What the upstream sends.
    ///
    /// - Parameter tellsUsage: True if it was asked to tell the usage of a stream.
    /// - Returns: Head and body.
    func response(tellsUsage: Bool) -> [UInt8] {
        let type = isStream ? "text/event-stream" : "text/plain"
        var head = "HTTP/1.1 \(status) Planned\r\nContent-Type: \(type)\r\nX-Request-Id: req_\(seed)\r\n"
        let text =
            isStream && tellsUsage
            ? String(text.dropLast("data: [DONE]\n\n".count)) + Self.usage + "data: [DONE]\n\n" : text
        switch framing {
        case .length: return Array("\(head)Content-Length: \(text.utf8.count)\r\n\r\n\(text)".utf8)
        case .untilClose: return Array("\(head)\r\n\(text)".utf8)
        case .chunked:
            head += "Transfer-Encoding: chunked\r\n\r\n"
            var rest = Array(text.utf8)[...]
            var random = SplitMix64(seed: seed)
            var bytes = Array(head.utf8)
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...300, using: &random))
                rest = rest.dropFirst(piece.count)
                bytes += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
            }
            return bytes + Array("0\r\n\r\n".utf8)
        }
    }

    /// True if a message of the upstream's own, whole, is what a client has got.
    func isMine(status: Int, requestID: [String]) -> Bool { status == self.status && requestID == ["req_\(seed)"] }
}
