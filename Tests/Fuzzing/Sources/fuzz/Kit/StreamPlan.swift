import NIOCore
import OpenAIUsage

@testable import OpenAIUsageGateway

/// What the two sides of a call have to say, told by a source of random numbers.
struct StreamPlan {
    static let asking = Array(#"{"model":"m","stream":true}"#.utf8)
    static let asked = Array(#"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#.utf8)

    let request: RequestHead
    /// The request's body as it is sent.
    let body: ByteBuffer
    private let isUpgrade: Bool
    var rules = StreamRules()
    var usage: UsageRequests?
    var asksForStream = false
    var connectsAtOnce: Bool?

    init?(using random: inout some RandomNumberGenerator) {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        rules.waitsForCommit = chance(70)
        rules.commitDeadline = 50
        rules.inFlightRow = 20
        rules.responseTimeout = 3_000
        rules.requestBodyTimeout = 2_000
        rules.writeTimeout = 2_500
        rules.disconnectGrace = chance(80) ? 500 : 0
        rules.disconnectBytes = chance(90) ? 1 << 20 : 8
        rules.replays = [.all, .idempotent, .none][Int.random(in: 0..<3, using: &random)]
        asksForStream = chance(50)
        connectsAtOnce = chance(40) ? chance(60) : nil
        let asksForUsage = chance(15)
        if asksForUsage {
            usage = UsageRequests(upstream: "up", bound: chance(90) ? 1 << 20 : 20, clock: FixedTime())
            asksForStream = true
        }
        let isUpgrade = !asksForUsage && chance(6)
        let isHTTP10 = !isUpgrade && chance(8)
        var method = ["POST", "POST", "POST", "GET", "PUT", "HEAD"][Int.random(in: 0..<6, using: &random)]
        if asksForUsage { method = "POST" }
        if isUpgrade { method = "GET" }
        var fields = "Host: gateway\r\n"
        var content = ByteBuffer()
        if method == "POST" || method == "PUT" {
            if asksForUsage {
                content.writeBytes(Self.asking)
                fields += "Content-Type: application/json\r\n"
            } else {
                let length =
                    chance(3)
                    ? Int.random(in: 60_000...400_000, using: &random) : Int.random(in: 0...120, using: &random)
                content.writeRepeatingByte(UInt8(ascii: "q"), count: length)
            }
            if chance(10) { fields += "Expect: 100-continue\r\n" }
            if chance(20) { fields += "Idempotency-Key: k\r\n" }
        }
        if isUpgrade {
            fields += "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        } else if chance(10) {
            fields += "Connection: close\r\n"
        } else if isHTTP10, chance(50) {
            fields += "Connection: keep-alive\r\n"
        }
        var body = ByteBuffer()
        if method == "POST" || method == "PUT" {
            if isHTTP10 || chance(50) {
                fields += "Content-Length: \(content.readableBytes)\r\n"
                body = content
            } else {
                fields += "Transfer-Encoding: chunked\r\n"
                body = Self.chunked(
                    content,
                    trailers: chance(20) ? "X-T: 1\r\n" : "",
                    isBroken: chance(8),
                    using: &random
                )
            }
        }
        if isUpgrade { body.writeString("client data") }
        let path = asksForUsage ? "/v1/chat/completions" : "/v1/x"
        var head = ByteBuffer(string: "\(method) \(path) HTTP/1.\(isHTTP10 ? 0 : 1)\r\n\(fields)\r\n")
        var parser = RequestParser()
        guard case .head(let request) = parser.parse(&head) else { return nil }
        self.request = request
        self.body = body
        self.isUpgrade = isUpgrade
    }

    /// What an upstream answers on a connection.
    func response(using random: inout some RandomNumberGenerator) -> ByteBuffer {
        Self.response(isUpgrade, usage != nil, using: &random)
    }

    private static let interim = ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"]
    private static let refusal =
        #"{"error":{"message":"Unknown parameter: 'stream_options'.","param":"stream_options"}}"#
    private static let delta = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n"
    private static let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n"

    private static func response(
        _ isUpgrade: Bool,
        _ asksForUsage: Bool,
        using random: inout some RandomNumberGenerator
    ) -> ByteBuffer {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        var bytes = ByteBuffer()
        while chance(10) { bytes.writeString(interim[chance(50) ? 0 : 1]) }
        if isUpgrade ? chance(80) : chance(2) {
            bytes.writeString(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nserver data"
            )
            return bytes
        }
        if chance(3) {
            bytes.writeString("HTTP/1.1 200 OK\r\nNo Field\r\n\r\n")
            return bytes
        }
        var fields = chance(15) ? "Connection: close\r\n" : ""
        var content = ByteBuffer()
        var status = 200
        if asksForUsage {
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1:
                status = 400
                fields += "Content-Type: application/json\r\n"
                content.writeString(refusal)
            case 2:
                status = 500
                fields += "Content-Type: application/json\r\n"
                content.writeString("{}")
            default:
                fields += "Content-Type: text/event-stream\r\n"
                for _ in 0..<Int.random(in: 0...3, using: &random) { content.writeString(delta) }
                content.writeString(usage + "data: [DONE]\n\n")
            }
        } else {
            status = [200, 200, 200, 201, 204, 304, 404, 500][Int.random(in: 0..<8, using: &random)]
            if chance(50) {
                fields += "Content-Type: text/event-stream\r\n"
                for _ in 0..<Int.random(in: 0...9, using: &random) { content.writeString("data: x\n\n") }
                if chance(80) { content.writeString("data: [DONE]\n\n") }
                if chance(20) { content.writeString(": rest\n\n") }
            } else {
                content.writeRepeatingByte(UInt8(ascii: "r"), count: Int.random(in: 0...200, using: &random))
            }
        }
        let framing = Int.random(in: 0..<10, using: &random)
        bytes.writeString("HTTP/1.1 \(status) Reason\r\n\(fields)")
        switch framing {
        case 0..<4:
            bytes.writeString("Content-Length: \(content.readableBytes)\r\n\r\n")
        case 4..<8:
            bytes.writeString("Transfer-Encoding: chunked\r\n\r\n")
            content = chunked(content, trailers: chance(20) ? "X-T: 1\r\n" : "", isBroken: chance(8), using: &random)
        default:
            bytes.writeString("\r\n")
        }
        if status != 204, status != 304 { bytes.writeBuffer(&content) }
        return bytes
    }

    private static func chunked(
        _ content: ByteBuffer,
        trailers: String,
        isBroken: Bool,
        using random: inout some RandomNumberGenerator
    ) -> ByteBuffer {
        var content = content
        var bytes = ByteBuffer()
        while content.readableBytes > 0 {
            let count = content.readableBytes > 1_000 ? 50_000 : Int.random(in: 1...30, using: &random)
            guard var piece = content.readSlice(length: min(content.readableBytes, count)) else { break }
            bytes.writeString(String(piece.readableBytes, radix: 16) + "\r\n")
            bytes.writeBuffer(&piece)
            bytes.writeString("\r\n")
        }
        bytes.writeString(isBroken ? "x\r\n" : "0\r\n\(trailers)\r\n")
        return bytes
    }
}

/// A clock that stands still.
private struct FixedTime: UsageClock {
    var wallMicroseconds: Int64 { 0 }
    var monotonicNanoseconds: Int64 { 0 }
}
