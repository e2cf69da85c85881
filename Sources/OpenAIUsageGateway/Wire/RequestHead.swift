import NIOCore

/// A request's method; all that have no meaning to the gateway are `other`.
enum RequestMethod: UInt8, Sendable {
    case get, head, post, put, patch, delete, options, other

    /// True if the method asks for nothing to be changed (RFC 9110, section 9.2.1).
    var isSafe: Bool { self == .get || self == .head || self == .options }

    /// True if a request may be repeated with the effect of one (RFC 9110, section 9.2.2).
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
        // Methods are case-sensitive: `get` is another one than `GET`.
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

/// The first line of a request, as offsets from the start of the bytes that it was read from.
struct RequestLine: Sendable, Equatable {
    private let start: Int32
    private let methodEnd: Int32
    private let targetEnd: Int32
    private let pathStart: Int32
    /// The start of the authority of an absolute form, which ends at the path; -1 for other forms.
    private let authorityStart: Int32
    let method: RequestMethod
    /// True if the target is `*`.
    let isAsterisk: Bool
    /// True if the path of a target in absolute form is empty, so that a slash belongs before the range.
    let pathLacksSlash: Bool
    let isHTTP10: Bool

    /// - Parameters:
    ///   - base: The line's first byte.
    ///   - method: The end of the method.
    ///   - target: The end of the target, which begins a space behind the method.
    ///   - authority: Host and port of a target in absolute form.
    ///   - isHTTP10: True for a request of HTTP/1.0.
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

    /// The target as it came: in origin form, in absolute form, or `*`.
    var target: Range<Int> { Int(methodEnd) + 1..<Int(targetEnd) }

    /// Path and query, also of a target in absolute form.
    var path: Range<Int> { Int(pathStart)..<Int(targetEnd) }

    /// Host and port of a target in absolute form.
    var authority: Range<Int>? { authorityStart < 0 ? nil : Int(authorityStart)..<Int(pathStart) }

    /// The same line, counted from another place.
    func shifted(by offset: Int) -> RequestLine { RequestLine(self, offset: Int32(truncatingIfNeeded: offset)) }
}

/// The head of a request: its bytes, and where its parts are.
struct RequestHead: MessageHead {
    let bytes: ByteBuffer
    let line: RequestLine
    let fields: [WireField]
    let present: KnownFieldSet
    let framing: BodyFraming
    /// True if the client takes further responses on the connection, by its version and `Connection`.
    let keepsAlive: Bool
    /// True if the client waits for `100 Continue` before it sends the body.
    let expectsContinue: Bool
    let namesConnectionFields: Bool
    /// The index of the field that `upgrade` is the value of; -1 for none.
    let upgradeIndex: Int32

    var method: RequestMethod { line.method }
    var methodRange: Range<Int> { line.methodRange }
    var target: Range<Int> { line.target }
    var path: Range<Int> { line.path }
    var isHTTP10: Bool { line.isHTTP10 }

    /// The value of `Upgrade`, if `Connection` names it, of an HTTP/1.1 request without a body.
    var upgrade: Range<Int>? { upgradeIndex < 0 ? nil : fields[Int(upgradeIndex)].value }

    /// True if the client asks for a WebSocket and nothing else.
    var upgradesToWebSocket: Bool {
        guard let upgrade, method == .get else { return false }
        return withBytes(upgrade) { bytes in
            bytes.baseAddress.map { Octets.matches($0, 0, bytes.count, "websocket") } ?? false
        }
    }

    /// Host and port that the client named: those of a target in absolute form, else the value of `Host`.
    var authority: Range<Int>? { line.authority ?? value(.host) }

    /// The method's name.
    var methodName: String { string(methodRange) }

    /// Path and query, with the slash that an absolute form may lack.
    var pathText: String { line.pathLacksSlash ? "/" + string(path) : string(path) }
}

extension RequestHead {
    /// The head of a request that is refused, of which only the first line was read.
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
