/// An upstream for the calls whose paths begin with a prefix.
public struct GatewayRoute: Sendable {
    /// The beginning of the paths, as `/openrouter/v1`; it is cut off before the rest is appended to the upstream.
    ///
    /// It ends where a segment of the path ends. The longest prefix of a path counts.
    public let prefix: String
    /// The upstream that the calls go to.
    public var upstream: Upstream
    /// The key that replaces whatever credentials the client sends; `nil` if clients bring their own.
    public var key: UpstreamKey?
    /// The proxy between the gateway and the upstream; `nil` for none.
    public var proxy: UpstreamProxy?

    /// Creates a route.
    ///
    /// - Parameters:
    ///   - prefix: The beginning of the paths, with or without a slash at its end.
    ///   - upstream: The upstream.
    ///   - key: The upstream's key.
    ///   - proxy: The proxy on the way to the upstream.
    /// - Throws: A ``GatewayError`` for a prefix that no path could have, or that stands for every path.
    public init(prefix: String, upstream: Upstream, key: UpstreamKey? = nil, proxy: UpstreamProxy? = nil) throws {
        var path = prefix[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        if let fault = Self.fault(path) {
            throw GatewayError(code: .invalidConfiguration, message: "The route \"\(prefix.prefix(100))\" \(fault).")
        }
        self.prefix = String(path)
        self.upstream = upstream
        self.key = key
        self.proxy = proxy
    }

    private static func fault(_ path: Substring) -> String? {
        guard path.first == "/" else { return "must begin with a slash, as in /azure" }
        guard path != "/" else { return "stands for every path: that is what --upstream is for" }
        guard path != "/healthz" else { return "is where load balancers ask for the gateway's health" }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = segments.allSatisfy { segment in
            !segment.isEmpty && segment != "." && segment != ".."
                && segment.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
                    default: "-._~".utf8.contains(byte)
                    }
                }
        }
        return isPlain
            ? nil : "may have letters, digits, hyphens, dots, underscores and tildes between its slashes only"
    }
}

/// The key of an upstream, which the gateway sends in the place of the client's.
///
/// Descriptions and mirrors do not show it.
public struct UpstreamKey: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// The field that carries a key.
    public enum Field: String, Sendable, CaseIterable {
        /// `Authorization: Bearer KEY`, as OpenAI and most others read it.
        case authorization
        /// `api-key: KEY`, as Azure reads it.
        case apiKey = "api-key"
        /// `x-api-key: KEY`, as Anthropic reads it.
        case xAPIKey = "x-api-key"

        /// The field that the provider of an upstream reads.
        public init(for upstream: Upstream) {
            let host = upstream.host.lowercased()
            let azure = [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"]
            if azure.contains(where: { host.hasSuffix($0) }) {
                self = .apiKey
            } else {
                self = host == "api.anthropic.com" ? .xAPIKey : .authorization
            }
        }
    }

    /// The field that carries the key.
    public let field: Field
    private let secret: String

    /// Creates a key.
    ///
    /// - Parameters:
    ///   - text: The key; blanks and ends of lines around it are no part of it.
    ///   - field: The field that carries it.
    /// - Throws: A ``GatewayError``, which does not repeat the text, if it is empty or no field could carry it.
    public init(_ text: String, field: Field) throws {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
        var bytes = Array(text.utf8)[...]
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = bytes.dropFirst(3) }
        bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        guard !bytes.isEmpty else { throw GatewayError(code: .invalidConfiguration, message: "The key is empty.") }
        guard bytes.count <= 8_192, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw GatewayError(
                code: .invalidConfiguration,
                message: "The key has a blank, an end of line or another character that no header can carry."
            )
        }
        secret = String(decoding: bytes, as: UTF8.self)
        self.field = field
    }

    /// The field line that carries the key, with its CRLF.
    var line: String {
        switch field {
        case .authorization: "Authorization: Bearer \(secret)\r\n"
        case .apiKey: "api-key: \(secret)\r\n"
        case .xAPIKey: "x-api-key: \(secret)\r\n"
        }
    }

    /// The name of the field.
    public var description: String { "a key in \(field.rawValue)" }
    /// The name of the field.
    public var debugDescription: String { description }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
