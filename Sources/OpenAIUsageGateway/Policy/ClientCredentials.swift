import Foundation
import NIOCore

/// The credentials in the head of a client's request.
enum ClientCredentials {
    /// The recipient of a credential, as far as its place tells.
    enum Purpose {
        /// The gateway alone.
        case gateway
        /// The upstream, or a gateway with a key of its own.
        case upstream
    }

    /// The fields in which the providers expect a key.
    static let keyFields: KnownFieldSet = [.authorization, .apiKey, .xAPIKey, .googleAPIKey]
    /// The client's fields that a key of the gateway's own replaces.
    static let replacedFields = keyFields.union([.cookie])
    /// The prefix of the subprotocol in which browsers send a key, since they can set no field.
    static let keyProtocol: StaticString = "openai-insecure-api-key."
    /// The prefix of the subprotocol in which browsers send the gateway's token.
    static let tokenProtocol: StaticString = "openai-usage-token."
    /// The query parameters from which some providers read a key.
    private static let parameters: Set<String> = [
        "api-key", "api_key", "apikey", "key", "access_token", "token", "subscription-key",
    ]

    /// Calls a closure with the range and the recipient of each credential.
    static func forEach(in head: RequestHead, _ body: (Range<Int>, Purpose) -> Void) {
        guard
            head.present.contains(.usageToken) || head.present.contains(.secWebSocketProtocol)
                || !head.present.isDisjoint(with: keyFields)
        else { return }
        head.bytes.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            for field in head.fields {
                switch field.known {
                case .usageToken?: body(withoutScheme(base, field.value), .gateway)
                case .authorization?: body(withoutScheme(base, field.value), .upstream)
                case .apiKey?, .xAPIKey?, .googleAPIKey?: body(field.value, .upstream)
                case .secWebSocketProtocol?:
                    var elements = ListElements(field.value)
                    while let element = elements.next(base) {
                        if let key = rest(base, element, behind: keyProtocol) { body(key, .upstream) }
                        if let token = rest(base, element, behind: tokenProtocol) { body(token, .gateway) }
                    }
                default: break
                }
            }
        }
    }

    /// Returns the `Sec-WebSocket-Protocol` line for the upstream, with its CRLF; empty if no subprotocol is left.
    ///
    /// - Parameters:
    ///   - head: The client's request.
    ///   - keepsKeys: True if the client's own key goes to the upstream.
    /// - Returns: The line; `nil` if the client's own lines need no change.
    static func protocolLine(of head: RequestHead, keepsKeys: Bool) -> [UInt8]? {
        guard head.present.contains(.secWebSocketProtocol) else { return nil }
        return head.bytes.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var line: [UInt8] = []
            var isChanged = false
            for field in head.fields where field.known == .secWebSocketProtocol {
                var elements = ListElements(field.value)
                while let element = elements.next(base) {
                    if rest(base, element, behind: tokenProtocol) != nil
                        || (!keepsKeys && rest(base, element, behind: keyProtocol) != nil)
                    {
                        isChanged = true
                        continue
                    }
                    line += line.isEmpty ? Array("Sec-WebSocket-Protocol: ".utf8) : Array(", ".utf8)
                    line += bytes[element]
                }
            }
            guard isChanged else { return nil }
            return line.isEmpty ? [] : line + [Octets.carriageReturn, Octets.lineFeed]
        }
    }

    /// True if the query of a request has a parameter for a key.
    static func hasKeyInQuery(_ head: RequestHead) -> Bool {
        query(of: head).contains { parameters.contains($0.name.lowercased()) }
    }

    /// Returns the percent-decoded parameters of a request's query.
    static func query(of head: RequestHead) -> [(name: String, value: String)] {
        let path = head.withBytes(head.path) { bytes -> [UInt8]? in
            bytes.firstIndex(of: UInt8(ascii: "?")).map { Array(bytes[($0 + 1)...]) }
        }
        guard let path else { return [] }
        return path.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let decode = { (part: ArraySlice<UInt8>) in String(decoding: PathBytes.decoded(part), as: UTF8.self) }
            return (decode(parts[0]), parts.count > 1 ? decode(parts[1]) : "")
        }
    }

    /// Returns the range of a field's value without the scheme `Bearer`.
    static func withoutScheme(_ base: UnsafeRawPointer, _ value: Range<Int>) -> Range<Int> {
        guard value.count > 7, Octets.matches(base, value.lowerBound, 6, "bearer"),
            Octets.isBlank(Octets.byte(base, value.lowerBound + 6))
        else { return value }
        return Octets.trimmed(base, value.lowerBound + 7, value.upperBound)
    }

    /// Returns the user and the password of a field's value with the scheme `Basic`, with a colon between them; `nil` for
    /// another scheme.
    static func basicPair(_ base: UnsafeRawPointer, _ value: Range<Int>) -> [UInt8]? {
        guard value.count > 6, Octets.matches(base, value.lowerBound, 5, "basic"),
            Octets.isBlank(Octets.byte(base, value.lowerBound + 5))
        else { return nil }
        let pair = Octets.trimmed(base, value.lowerBound + 6, value.upperBound)
        let bytes = UnsafeRawBufferPointer(start: base + pair.lowerBound, count: pair.count)
        return Data(base64Encoded: String(decoding: bytes, as: UTF8.self)).map { Array($0) }
    }

    /// Returns the range behind a prefix; `nil` if the element does not begin with it.
    private static func rest(_ base: UnsafeRawPointer, _ element: Range<Int>, behind start: StaticString) -> Range<Int>?
    {
        let count = start.utf8CodeUnitCount
        guard element.count > count else { return nil }
        // Case is ignored, because a server may ignore it and the key must not get there.
        let isSame = (0..<count).allSatisfy {
            Octets.lowercased(Octets.byte(base, element.lowerBound + $0)) == start.utf8Start[$0]
        }
        return isSame ? element.lowerBound + count..<element.upperBound : nil
    }
}

/// The interpretation of a path by servers.
enum PathBytes {
    /// Returns the bytes with percent-encoding decoded, once.
    static func decoded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = Octets.hexadecimal(bytes[index + 1]), let low = Octets.hexadecimal(bytes[index + 2])
            {
                result.append(UInt8(high * 16 + low))
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    /// True if a segment of the path is `.` or `..`, plain or percent-encoded, so that it may lead out of a prefix.
    static func hasDotSegment(_ target: some Collection<UInt8>) -> Bool {
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        // Nearly all paths return here.
        guard path.contains(UInt8(ascii: ".")) || path.contains(UInt8(ascii: "%")) else { return false }
        let segments = decoded(path).split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        return segments.contains { segment in
            // Some servers treat the part behind a semicolon as parameters of the segment.
            let name = segment.prefix { $0 != UInt8(ascii: ";") }
            return name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8)
        }
    }
}
