/// An upstream for the calls under a path prefix.
public struct GatewayRoute: Sendable {
    /// The path prefix, such as `/openrouter/v1`; it is removed before the rest is appended to the upstream.
    ///
    /// It matches whole path segments. The longest matching prefix wins.
    public let prefix: String
    /// The upstream of these calls.
    public var upstream: Upstream
    /// The key that replaces the credentials that clients send; `nil` if they bring their own.
    public var key: UpstreamKey?
    /// The proxy between the gateway and the upstream; `nil` for none.
    public var proxy: UpstreamProxy?

    /// Creates a route.
    ///
    /// - Parameters:
    ///   - prefix: The path prefix, with or without a trailing slash.
    ///   - upstream: The upstream.
    ///   - key: The upstream's key; `nil` if clients bring their own.
    ///   - proxy: The proxy between the gateway and the upstream; `nil` for none.
    /// - Throws: A ``GatewayError`` if the prefix is malformed or reserved, or stands for every path.
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

/// The key of an upstream, which the gateway sends in place of the client's.
///
/// Descriptions and mirrors do not reveal it.
public struct UpstreamKey: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// The header field that carries a key.
    public enum Field: String, Sendable, CaseIterable {
        /// `Authorization: Bearer KEY`, for OpenAI and most others.
        case authorization
        /// `api-key: KEY`, for Azure.
        case apiKey = "api-key"
        /// `x-api-key: KEY`, for Anthropic.
        case xAPIKey = "x-api-key"

        /// Creates the field that the provider of an upstream expects.
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

    /// The header field that carries the key.
    public let field: Field
    private let secret: String

    /// Creates a key.
    ///
    /// - Parameters:
    ///   - text: The key; surrounding white space and a byte order mark are removed.
    ///   - field: The header field that carries it.
    /// - Throws: A ``GatewayError``, which does not repeat the text, if it is empty, too long or not valid in a field value.
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

    /// The field line with the key, with its CRLF.
    var line: String {
        switch field {
        case .authorization: "Authorization: Bearer \(secret)\r\n"
        case .apiKey: "api-key: \(secret)\r\n"
        case .xAPIKey: "x-api-key: \(secret)\r\n"
        }
    }

    /// The name of the field, without the key.
    public var description: String { "a key in \(field.rawValue)" }
    /// The name of the field, without the key.
    public var debugDescription: String { description }
    /// An empty mirror.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
