/// The opening of a tunnel through a proxy (RFC 9110, section 9.3.6): the request, and the interpretation of the answer.
struct ProxyTunnel {
    /// The state of the tunnel after the bytes received so far.
    enum Progress: Equatable {
        /// The answer is incomplete.
        case waiting
        /// The tunnel is open; the bytes behind the answer belong to it.
        case open(rest: [UInt8])
        /// The proxy refused, with this status.
        case refused(status: Int)
        /// The answer is not HTTP, or has a head longer than ``maximumLength``.
        case malformed
    }

    /// The maximum length of an answer, in bytes.
    static let maximumLength = 16 * 1024

    private var received: [UInt8] = []

    /// Returns the request that opens a tunnel.
    ///
    /// - Parameters:
    ///   - upstream: The other end of the tunnel.
    ///   - proxy: The proxy.
    /// - Returns: The complete head.
    static func request(to upstream: Upstream, through proxy: UpstreamProxy) -> String {
        let host = upstream.host.contains(":") ? "[\(upstream.host)]" : upstream.host
        let authority = "\(host):\(upstream.port)"
        let authorization = proxy.authorization.map { "Proxy-Authorization: \($0)\r\n" } ?? ""
        return "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n\(authorization)\r\n"
    }

    /// Parses bytes of the answer.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> Progress {
        received += bytes
        while let end = Self.headEnd(received) {
            let line = String(decoding: received.prefix { $0 != 0x0d && $0 != 0x0a }, as: UTF8.self)
            let parts = line.split(separator: " ", maxSplits: 2)
            guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[1].count == 3, let status = Int(parts[1])
            else {
                return .malformed
            }
            received.removeFirst(end)
            switch status {
            case 100..<200: continue
            case 200..<300: return .open(rest: received)
            default: return .refused(status: status)
            }
        }
        if received.count > Self.maximumLength { return .malformed }
        // Anything but HTTP is recognized by its first bytes.
        return received.starts(with: "HTTP/1.".utf8.prefix(received.count)) ? .waiting : .malformed
    }

    /// Returns the offset behind the empty line; `nil` if there is none yet.
    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        var isLineEmpty = false
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x0a where isLineEmpty: return index + 1
            case 0x0a: isLineEmpty = true
            case 0x0d: break
            default: isLineEmpty = false
            }
        }
        return nil
    }
}
