import NIOCore

/// The destination of requests, as precomputed bytes for their heads.
struct RequestRoute: Sendable, Equatable {
    /// `Host: authority` with its CRLF.
    let hostLine: [UInt8]
    /// The bytes before every path: scheme and authority for a plain proxy, then the upstream's path prefix.
    let targetPrefix: [UInt8]
    /// True if the upstream has no path prefix, so that a path that was removed entirely needs a slash.
    private let isAtRoot: Bool

    /// - Parameters:
    ///   - authority: The upstream's host, with the port unless it is the scheme's default.
    ///   - prefix: The upstream's path prefix; empty, or `/...` without a trailing slash.
    ///   - proxied: The scheme of an upstream that is reached through a plain proxy, such as `http`; `nil` for none.
    init(authority: String, prefix: String = "", proxied: String? = nil) {
        hostLine = Array("Host: \(authority)\r\n".utf8)
        let origin = proxied.map { "\($0)://\(authority)" } ?? ""
        targetPrefix = Array((origin + prefix).utf8)
        isAtRoot = prefix.isEmpty
    }

    /// True if a slash is needed before the rest of a path.
    func needsSlash(before rest: Range<Int>, of base: UnsafeRawPointer) -> Bool {
        isAtRoot && (rest.isEmpty || Octets.byte(base, rest.lowerBound) != UInt8(ascii: "/"))
    }
}

/// The changes to a request's head on its way to the upstream.
struct RequestRewrite: Sendable {
    /// The framing of the body.
    enum Body: Equatable, Sendable {
        /// As the client framed it.
        case unchanged
        /// With another length.
        case length(Int)
        /// In chunks.
        case chunked
    }

    /// The number of bytes of the client's path that the route's prefix replaces.
    var droppedPathBytes = 0
    var body = Body.unchanged
    /// True if the response will be rewritten, so that it must not be encoded.
    var wantsIdentity = false
    /// True to forward the client's `Upgrade`.
    var passesUpgrade = false
    /// Fields to remove in addition to those that are never forwarded, such as replaced credentials.
    var dropped = KnownFieldSet()
    /// Field lines to add, each with its CRLF.
    var added: [UInt8] = []
}

/// The changes to a response's head on its way to the client.
struct ResponseRewrite: Sendable {
    /// The framing of the body.
    enum Body: Equatable, Sendable {
        /// As the upstream framed it; a body that ends with its connection gets no field.
        case unchanged
        /// With another length.
        case length(Int)
        /// In chunks.
        case chunked
        /// By the end of the connection.
        case untilClose
    }

    /// The client's `Connection` field.
    enum Connection: Sendable {
        case unsaid
        case close
        case keepAlive
    }

    var body = Body.unchanged
    var connection = Connection.unsaid
    /// Fields to remove in addition to those of the upstream's connection, such as `contentEncoding` for a decoded body.
    var dropped = KnownFieldSet()
    /// Field lines to add, each with its CRLF.
    var added: [UInt8] = []
}

/// Writes the heads that the gateway forwards; runs of unchanged lines are copied as received.
enum HeadWriter {
    private static let requestFields = KnownFieldSet.hopByHop.union([
        .host, .expect, .usageTags, .usageToken, .acceptEncoding,
    ])

    /// Writes a request's head for the upstream.
    ///
    /// - Parameters:
    ///   - head: The client's request.
    ///   - route: The destination.
    ///   - rewrite: The changes.
    ///   - buffer: The buffer to append to.
    static func write(
        _ head: RequestHead,
        to route: RequestRoute,
        _ rewrite: RequestRewrite = RequestRewrite(),
        into buffer: inout ByteBuffer
    ) {
        var dropped = requestFields.union(rewrite.dropped)
        if rewrite.body != .unchanged { dropped.insert(.contentLength) }
        let upgrade = rewrite.passesUpgrade ? head.upgrade : nil
        if upgrade != nil { dropped.insert(.secWebSocketExtensions) }
        head.bytes.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            // The list of codings is rewritten, and may gain a blank after each comma.
            let room = 2 * bytes.count + route.hostLine.count + route.targetPrefix.count + rewrite.added.count + 256
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
                var output = Output(space)
                output.copy(base, head.methodRange)
                output.write(Octets.space)
                output.write(route.targetPrefix)
                if head.line.isAsterisk, !route.targetPrefix.isEmpty {
                    // The target for the whole server becomes the root behind the prefix.
                    output.write(UInt8(ascii: "/"))
                } else {
                    if head.line.pathLacksSlash, rewrite.droppedPathBytes == 0 { output.write(UInt8(ascii: "/")) }
                    let rest = head.path.dropFirst(rewrite.droppedPathBytes)
                    if rewrite.droppedPathBytes > 0, route.needsSlash(before: rest, of: base) {
                        output.write(UInt8(ascii: "/"))
                    }
                    output.copy(base, rest)
                }
                output.write(" HTTP/1.1\r\n")
                output.write(route.hostLine)
                output.copyFields(of: head, base, without: dropped)
                if rewrite.wantsIdentity {
                    output.write("Accept-Encoding: identity\r\n")
                } else if head.present.contains(.acceptEncoding) {
                    output.writeAcceptedCodings(of: head, base)
                }
                switch rewrite.body {
                case .unchanged:
                    if head.framing == .chunked { output.write("Transfer-Encoding: chunked\r\n") }
                case .chunked: output.write("Transfer-Encoding: chunked\r\n")
                case .length(let length): output.writeLength(length)
                }
                if let upgrade {
                    output.write("Connection: Upgrade\r\nUpgrade: ")
                    output.copy(base, upgrade)
                    output.write("\r\n")
                }
                output.write(rewrite.added)
                output.write("\r\n")
                return output.count
            }
        }
    }

    /// Writes a response's head for the client.
    ///
    /// - Parameters:
    ///   - head: The upstream's response.
    ///   - rewrite: The changes.
    ///   - buffer: The buffer to append to.
    static func write(
        _ head: ResponseHead,
        _ rewrite: ResponseRewrite = ResponseRewrite(),
        into buffer: inout ByteBuffer
    ) {
        // A length is meaningless with a status that never has content.
        let hasNoContent = head.status < 200 || head.status == 204
        var dropped = KnownFieldSet.hopByHop.union(rewrite.dropped)
        if rewrite.body != .unchanged || hasNoContent { dropped.insert(.contentLength) }
        head.bytes.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            let room = bytes.count + rewrite.added.count + 256
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
                var output = Output(space)
                output.write("HTTP/1.1 ")
                output.copy(base, 9..<12)
                output.write(Octets.space)
                output.copy(base, head.reason)
                output.write("\r\n")
                output.copyFields(of: head, base, without: dropped)
                // A response without a body, by its status or its request, needs no framing.
                if head.framing != .none {
                    switch rewrite.body {
                    case .unchanged:
                        if head.framing == .chunked { output.write("Transfer-Encoding: chunked\r\n") }
                    case .chunked: output.write("Transfer-Encoding: chunked\r\n")
                    case .length(let length): output.writeLength(length)
                    case .untilClose: break
                    }
                }
                if head.switchesProtocols {
                    output.write("Connection: Upgrade\r\n")
                    if let upgrade = head.value(.upgrade) {
                        output.write("Upgrade: ")
                        output.copy(base, upgrade)
                        output.write("\r\n")
                    }
                } else {
                    switch rewrite.connection {
                    case .unsaid: break
                    case .close: output.write("Connection: close\r\n")
                    case .keepAlive: output.write("Connection: keep-alive\r\n")
                    }
                }
                output.write(rewrite.added)
                output.write("\r\n")
                return output.count
            }
        }
    }
}

/// The memory for a head, with a bounds check on every write.
private struct Output {
    private let space: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ space: UnsafeMutableRawBufferPointer) { self.space = space }

    @inline(__always)
    private mutating func write(_ bytes: UnsafeRawPointer, _ length: Int) {
        guard length > 0, let target = space.baseAddress else { return }
        precondition(length <= space.count - count, "The room for a head is too small.")
        (target + count).copyMemory(from: bytes, byteCount: length)
        count += length
    }

    @inline(__always)
    mutating func write(_ byte: UInt8) {
        precondition(count < space.count, "The room for a head is too small.")
        space[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func write(_ text: StaticString) { write(UnsafeRawPointer(text.utf8Start), text.utf8CodeUnitCount) }

    @inline(__always)
    mutating func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { write(base, bytes.count) }
        }
    }

    @inline(__always)
    mutating func copy(_ base: UnsafeRawPointer, _ range: Range<Int>) { write(base + range.lowerBound, range.count) }

    mutating func writeLength(_ length: Int) {
        write("Content-Length: ")
        let start = count
        var rest = UInt(max(0, length))
        repeat {
            write(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        space[start..<count].reverse()
        write("\r\n")
    }

    /// Copies the field lines that are not removed.
    @inline(__always)
    mutating func copyFields(
        of head: some MessageHead,
        _ base: UnsafeRawPointer,
        without dropped: KnownFieldSet
    ) {
        var start = -1
        var end = 0
        for field in head.fields {
            var stays = field.known.map { !dropped.contains($0) } ?? true
            // Without its length, a message would be read as several.
            if stays, head.namesConnectionFields, field.known != .contentLength {
                stays = !head.connectionNames(field.name, base)
            }
            let line = field.line
            if stays {
                if start < 0 { start = line.lowerBound }
                end = line.upperBound
            } else if start >= 0 {
                copy(base, start..<end)
                start = -1
            }
        }
        if start >= 0 { copy(base, start..<end) }
    }

    /// Writes the client's codings that the gateway can decode; `identity` if there are none.
    mutating func writeAcceptedCodings(of head: RequestHead, _ base: UnsafeRawPointer) {
        write("Accept-Encoding: ")
        let start = count
        for field in head.fields where field.known == .acceptEncoding {
            var elements = ListElements(field.value)
            while let element = elements.next(base) {
                guard Self.isReadable(base, element) else { continue }
                if count > start { write(", ") }
                for index in element {
                    let byte = Octets.byte(base, index)
                    if !Octets.isBlank(byte) { write(byte) }
                }
            }
        }
        if count == start { write("identity") }
        write("\r\n")
    }

    /// True for a coding, with or without parameters, that the gateway can decode.
    private static func isReadable(_ base: UnsafeRawPointer, _ element: Range<Int>) -> Bool {
        let end = Octets.first(UInt8(ascii: ";"), base, element.lowerBound, element.upperBound) ?? element.upperBound
        let coding = Octets.trimmed(base, element.lowerBound, end)
        let start = coding.lowerBound
        switch coding.count {
        case 4: return Octets.matches(base, start, 4, "gzip")
        case 6: return Octets.matches(base, start, 6, "x-gzip")
        case 7: return Octets.matches(base, start, 7, "deflate")
        case 8: return Octets.matches(base, start, 8, "identity")
        default: return false
        }
    }
}
