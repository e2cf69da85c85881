import NIOCore
import NIOHTTP1

/// An encoder of response heads that caches what changes only once a second.
struct HeadEncoder {
    /// The framing of the body.
    enum Framing {
        case length(Int)
        case chunked
        /// Ended by the end of the connection, for HTTP/1.0 clients.
        case close
    }

    private let now: @Sendable () -> Int
    private var second = Int.min
    private var dateLine = ByteBuffer()
    private var infrastructureLines = ByteBuffer()

    /// Creates an encoder with a clock in seconds since 1970.
    init(now: @escaping @Sendable () -> Int) {
        self.now = now
    }

    /// Appends a head, including its final empty line.
    ///
    /// - Parameters:
    ///   - head: The status and the headers.
    ///   - framing: The framing of the body.
    ///   - connection: The value of the `connection` header; `nil` omits the header.
    ///   - buffer: The buffer to append to.
    mutating func encode(
        _ head: ResponseHead,
        framing: Framing,
        connection: StaticString?,
        to buffer: inout ByteBuffer
    ) {
        update()
        writeStatusLine(head.status, to: &buffer)
        buffer.writeImmutableBuffer(dateLine)
        switch head.contentType {
        case .json: buffer.writeStaticString("content-type: application/json\r\n")
        case .jsonWithCharset: buffer.writeStaticString("content-type: application/json; charset=utf-8\r\n")
        case .eventStream: buffer.writeStaticString("content-type: text/event-stream; charset=utf-8\r\n")
        case .html: buffer.writeStaticString("content-type: text/html; charset=UTF-8\r\n")
        }
        switch head.origin {
        case .api, .apiWithoutProject:
            writeAPIHeaders(head, to: &buffer)
        case .authentication:
            buffer.writeStaticString("vary: Origin\r\nx-request-id: ")
            buffer.writeString(head.requestID.text)
            buffer.writeStaticString("\r\nwww-authenticate: Bearer realm=\"OpenAI API\"\r\n")
            writeEdgeHeaders(head, to: &buffer)
        case .edge:
            writeEdgeHeaders(head, to: &buffer)
        }
        writeRetryHeaders(head, to: &buffer)
        switch framing {
        case .length(let length): write("content-length: ", length, to: &buffer)
        case .chunked: buffer.writeStaticString("transfer-encoding: chunked\r\n")
        case .close: break
        }
        if let connection {
            buffer.writeStaticString("connection: ")
            buffer.writeStaticString(connection)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
    }

    /// Returns the reason phrase of a status.
    static func reasonPhrase(_ status: Int) -> String {
        let phrase = HTTPResponseStatus(statusCode: status).reasonPhrase
        return phrase.isEmpty ? "Unknown" : phrase
    }

    private mutating func update() {
        let now = now()
        guard now != second else { return }
        second = now
        dateLine.clear()
        dateLine.writeString("date: \(CivilTime(secondsSinceEpoch: now).headerText)\r\n")
        let expiry = CivilTime(secondsSinceEpoch: now + 1800).cookieText
        infrastructureLines.clear()
        infrastructureLines.writeStaticString("x-openai-proxy-wasm: v0.1\r\ncf-cache-status: DYNAMIC\r\n")
        infrastructureLines.writeString("set-cookie: __cf_bm=simulated.bot-\(now); path=/; expires=\(expiry); ")
        infrastructureLines.writeStaticString("domain=.api.openai.com; HttpOnly; Secure; SameSite=None\r\n")
        infrastructureLines.writeString("set-cookie: _cfuvid=simulated.visitor-\(now); path=/; ")
        infrastructureLines.writeStaticString("domain=.api.openai.com; HttpOnly; Secure; SameSite=None\r\n")
        infrastructureLines.writeStaticString("strict-transport-security: max-age=31536000; includeSubDomains; ")
        infrastructureLines.writeStaticString("preload\r\nx-content-type-options: nosniff\r\n")
    }

    private func writeStatusLine(_ status: Int, to buffer: inout ByteBuffer) {
        if status == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            buffer.writeString("HTTP/1.1 \(status) \(HeadEncoder.reasonPhrase(status))\r\n")
        }
    }

    private func writeAPIHeaders(_ head: ResponseHead, to buffer: inout ByteBuffer) {
        if head.origin == .api { write("openai-organization: ", head.organization, to: &buffer) }
        write("openai-processing-ms: ", head.processingMilliseconds, to: &buffer)
        if head.origin == .api { write("openai-project: ", head.project, to: &buffer) }
        buffer.writeStaticString("openai-version: 2020-10-01\r\n")
        write("x-envoy-upstream-service-time: ", head.processingMilliseconds + 3, to: &buffer)
        if head.rateLimits != .none { writeRateLimits(head, to: &buffer) }
        write("x-request-id: ", head.requestID.text, to: &buffer)
        buffer.writeImmutableBuffer(infrastructureLines)
        writeEdgeHeaders(head, to: &buffer)
        buffer.writeStaticString("alt-svc: h3=\":443\"; ma=86400\r\n")
    }

    private func writeEdgeHeaders(_ head: ResponseHead, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("server: cloudflare\r\n")
        write("cf-ray: ", head.requestID.ray, to: &buffer)
    }

    private func writeRateLimits(_ head: ResponseHead, to buffer: inout ByteBuffer) {
        let tokens = min(head.requestTokens, 2_000_000)
        buffer.writeStaticString("x-ratelimit-limit-requests: 10000\r\n")
        buffer.writeStaticString("x-ratelimit-limit-tokens: 2000000\r\n")
        buffer.writeStaticString("x-ratelimit-remaining-requests: 9999\r\n")
        write("x-ratelimit-remaining-tokens: ", 2_000_000 - tokens, to: &buffer)
        buffer.writeStaticString("x-ratelimit-reset-requests: 6ms\r\n")
        // 2,000,000 tokens per minute are 100 tokens per 3 milliseconds.
        write("x-ratelimit-reset-tokens: ", GoDuration.text(milliseconds: tokens * 3 / 100), to: &buffer)
        guard head.rateLimits == .accountAndProject else { return }
        buffer.writeStaticString("x-ratelimit-limit-project-tokens: 60000\r\n")
        buffer.writeStaticString("x-ratelimit-remaining-project-tokens: 10\r\n")
        buffer.writeStaticString("x-ratelimit-reset-project-tokens: 59.99s\r\n")
    }

    private func writeRetryHeaders(_ head: ResponseHead, to buffer: inout ByteBuffer) {
        switch head.retryAfter {
        case .milliseconds(let milliseconds):
            write("retry-after: ", max(1, (milliseconds + 999) / 1000), to: &buffer)
            write("retry-after-ms: ", milliseconds, to: &buffer)
        case .date(let seconds):
            write("retry-after: ", CivilTime(secondsSinceEpoch: second + seconds).headerText, to: &buffer)
        case nil:
            break
        }
        if let shouldRetry = head.shouldRetry {
            buffer.writeStaticString(shouldRetry ? "x-should-retry: true\r\n" : "x-should-retry: false\r\n")
        }
    }

    private func write(_ name: StaticString, _ value: String, to buffer: inout ByteBuffer) {
        buffer.writeStaticString(name)
        buffer.writeString(value)
        buffer.writeStaticString("\r\n")
    }

    private func write(_ name: StaticString, _ value: Int, to buffer: inout ByteBuffer) {
        buffer.writeStaticString(name)
        buffer.writeDecimal(value)
        buffer.writeStaticString("\r\n")
    }
}
