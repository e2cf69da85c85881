/// The opening of a tunnel through a proxy (RFC 9110, section 9.3.6): what is sent, and what the answer means.
struct ProxyTunnel {
    /// What the bytes that have come so far mean.
    enum Progress: Equatable {
        /// The answer is not whole.
        case waiting
        /// The tunnel is open; bytes behind the answer belong to it.
        case open(rest: [UInt8])
        /// The proxy refuses.
        case refused(status: Int)
        /// The answer is not HTTP, or has a header longer than ``maximumLength``.
        case malformed
    }

    /// The longest answer that is read, in bytes.
    static let maximumLength = 16 * 1024

    private var received: [UInt8] = []

    /// The request that opens a tunnel.
    ///
    /// - Parameters:
    ///   - upstream: The other end.
    ///   - proxy: The proxy.
    /// - Returns: The whole head.
    static func request(to upstream: Upstream, through proxy: UpstreamProxy) -> String {
        let host = upstream.host.contains(":") ? "[\(upstream.host)]" : upstream.host
        let authority = "\(host):\(upstream.port)"
        let authorization = proxy.authorization.map { "Proxy-Authorization: \($0)\r\n" } ?? ""
        return "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n\(authorization)\r\n"
    }

    /// Reads bytes of the answer.
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
        // Anything but HTTP is known by its first bytes.
        return received.starts(with: "HTTP/1.".utf8.prefix(received.count)) ? .waiting : .malformed
    }

    /// The offset behind the blank line.
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
