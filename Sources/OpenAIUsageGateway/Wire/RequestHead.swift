import NIOCore

/// A request's method; methods without a meaning to the gateway are `other`.
enum RequestMethod: UInt8, Sendable {
    case get, head, post, put, patch, delete, options, other

    /// True if the method is safe (RFC 9110, section 9.2.1).
    var isSafe: Bool { self == .get || self == .head || self == .options }

    /// True if the method is idempotent (RFC 9110, section 9.2.2).
    var isIdempotent: Bool { isSafe || self == .put || self == .delete }

    @inline(__always)
    init(_ base: UnsafeRawPointer, _ range: Range<Int>) {
        @inline(__always)
        func reads(_ name: StaticString) -> Bool {
            for index in 0..<name.utf8CodeUnitCount
            where Octets.byte(base, range.lowerBound &+ index) != name.utf8Start[index] {
                return false
            }
            return true
        }
        // Methods are case-sensitive: `get` is not `GET`.
        switch range.count {
        case 3: self = reads("GET") ? .get : reads("PUT") ? .put : .other
        case 4: self = reads("POST") ? .post : reads("HEAD") ? .head : .other
        case 5: self = reads("PATCH") ? .patch : .other
        case 6: self = reads("DELETE") ? .delete : .other
        case 7: self = reads("OPTIONS") ? .options : .other
        default: self = .other
        }
    }
}

/// The first line of a request, as offsets from the start of the bytes that it was parsed from.
struct RequestLine: Sendable, Equatable {
    private let start: Int32
    private let methodEnd: Int32
    private let targetEnd: Int32
    private let pathStart: Int32
    /// The start of the authority of an absolute-form target, which ends at the path; -1 for other forms.
    private let authorityStart: Int32
    let method: RequestMethod
    /// True if the target is `*`.
    let isAsterisk: Bool
    /// True if the path of an absolute-form target lacks its leading slash.
    let pathLacksSlash: Bool
    let isHTTP10: Bool

    /// - Parameters:
    ///   - base: The line's first byte.
    ///   - method: The offset of the method's end.
    ///   - target: The offset of the target's end; the target begins a space behind the method.
    ///   - authority: The range of host and port in an absolute-form target.
    ///   - isHTTP10: True for HTTP/1.0.
    @inline(__always)
    init(_ base: UnsafeRawPointer, method: Int, target: Int, authority: Range<Int>? = nil, isHTTP10: Bool) {
        let path = authority?.upperBound ?? method + 1
        start = 0
        methodEnd = Int32(truncatingIfNeeded: method)
        targetEnd = Int32(truncatingIfNeeded: target)
        pathStart = Int32(truncatingIfNeeded: path)
        authorityStart = Int32(truncatingIfNeeded: authority?.lowerBound ?? -1)
        self.method = RequestMethod(base, 0..<method)
        isAsterisk = target == method + 2 && Octets.byte(base, method + 1) == UInt8(ascii: "*")
        pathLacksSlash = authority != nil && (path == target || Octets.byte(base, path) != UInt8(ascii: "/"))
        self.isHTTP10 = isHTTP10
    }

    private init(_ line: RequestLine, offset: Int32) {
        start = line.start + offset
        methodEnd = line.methodEnd + offset
        targetEnd = line.targetEnd + offset
        pathStart = line.pathStart + offset
        authorityStart = line.authorityStart < 0 ? -1 : line.authorityStart + offset
        method = line.method
        isAsterisk = line.isAsterisk
        pathLacksSlash = line.pathLacksSlash
        isHTTP10 = line.isHTTP10
    }

    var methodRange: Range<Int> { Int(start)..<Int(methodEnd) }

    /// The range of the target as received: in origin form, in absolute form, or `*`.
    var target: Range<Int> { Int(methodEnd) + 1..<Int(targetEnd) }

    /// The range of path and query, also in an absolute-form target.
    var path: Range<Int> { Int(pathStart)..<Int(targetEnd) }

    /// The range of host and port in an absolute-form target.
    var authority: Range<Int>? { authorityStart < 0 ? nil : Int(authorityStart)..<Int(pathStart) }

    /// Returns the same line with its offsets shifted.
    func shifted(by offset: Int) -> RequestLine { RequestLine(self, offset: Int32(truncatingIfNeeded: offset)) }
}

/// The head of a request: its bytes, and the ranges of its parts.
struct RequestHead: MessageHead {
    let bytes: ByteBuffer
    let line: RequestLine
    let fields: [WireField]
    let present: KnownFieldSet
    let framing: BodyFraming
    /// True if the client accepts further responses on the connection, by its version and `Connection`.
    let keepsAlive: Bool
    /// True if the client waits for `100 Continue` before it sends the body.
    let expectsContinue: Bool
    let namesConnectionFields: Bool
    /// The index of the field that ``upgrade`` is the value of; -1 for none.
    let upgradeIndex: Int32

    var method: RequestMethod { line.method }
    var methodRange: Range<Int> { line.methodRange }
    var target: Range<Int> { line.target }
    var path: Range<Int> { line.path }
    var isHTTP10: Bool { line.isHTTP10 }

    /// The range of the value of `Upgrade` in an HTTP/1.1 request without a body, if `Connection` names it.
    var upgrade: Range<Int>? { upgradeIndex < 0 ? nil : fields[Int(upgradeIndex)].value }

    /// True if the client asks to upgrade to a WebSocket, and to nothing else.
    var upgradesToWebSocket: Bool {
        guard let upgrade, method == .get else { return false }
        return withBytes(upgrade) { bytes in
            bytes.baseAddress.map { Octets.matches($0, 0, bytes.count, "websocket") } ?? false
        }
    }

    /// The range of the host and port that the client named: of an absolute-form target, else the value of `Host`.
    var authority: Range<Int>? { line.authority ?? value(.host) }

    /// The method's name.
    var methodName: String { string(methodRange) }

    /// Path and query, with the slash that an absolute form may lack.
    var pathText: String { line.pathLacksSlash ? "/" + string(path) : string(path) }

    /// Path and query for a row; empty for the target of a rejected request that is no path, and may hold a password.
    var recordedPath: String {
        let text = pathText
        return text.hasPrefix("/") || text == "*" ? text : ""
    }
}

extension RequestHead {
    /// Creates the head of a rejected request of which only the first line was parsed.
    init(line: RequestLine, bytes: ByteBuffer) {
        self.init(
            bytes: bytes,
            line: line,
            fields: [],
            present: [],
            framing: .none,
            keepsAlive: false,
            expectsContinue: false,
            namesConnectionFields: false,
            upgradeIndex: -1
        )
    }
}
