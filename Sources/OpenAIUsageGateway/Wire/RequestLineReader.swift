/// A parser of complete request lines.
enum RequestLineReader {
    /// The maximum size of a request line without its target, in bytes: method, spaces, version and CRLF.
    static let overhead = 64
    private static let longestMethod = 32
    private static let version11: UInt64 = 0x312e_312f_5054_5448
    private static let version10: UInt64 = 0x302e_312f_5054_5448

    /// Parses a well-formed line.
    ///
    /// - Parameters:
    ///   - base: The line's first byte.
    ///   - count: The number of available bytes.
    /// - Returns: The line's parts; `nil` if it is malformed or incomplete.
    @inline(__always)
    static func read(_ base: UnsafeRawPointer, _ count: Int) -> (method: Int, target: Int, isHTTP10: Bool)? {
        let method = Octets.endOfToken(base, 0, count)
        guard method > 0, method <= longestMethod, method < count, Octets.byte(base, method) == Octets.space else {
            return nil
        }
        let target = Octets.endOfTarget(base, method + 1, count)
        guard target > method + 1, target + 11 <= count, Octets.byte(base, target) == Octets.space else { return nil }
        let version = Octets.word(base, target + 1)
        guard version == version11 || version == version10 else { return nil }
        guard Octets.byte(base, target + 9) == Octets.carriageReturn,
            Octets.byte(base, target + 10) == Octets.lineFeed
        else { return nil }
        return (method, target, version == version10)
    }

    /// Checks the form of a well-formed line's target, and its method.
    static func judge(
        _ base: UnsafeRawPointer,
        _ parts: (method: Int, target: Int, isHTTP10: Bool),
        _ limits: HeadLimits
    ) throws(WireError) -> RequestLine {
        let target = parts.method + 1..<parts.target
        let line = RequestLine(base, method: parts.method, target: parts.target, isHTTP10: parts.isHTTP10)
        if target.count > limits.targetBytes { throw refused(.targetTooLong, line) }
        if line.method == .other {
            if reads(base, 0..<parts.method, "CONNECT") || reads(base, 0..<parts.method, "TRACE") {
                throw refused(WireError(405, "method_not_allowed", "The gateway does not support this method."), line)
            }
        }
        if Octets.byte(base, target.lowerBound) == UInt8(ascii: "/") { return line }
        if line.isAsterisk {
            guard line.method == .options else {
                throw refused(.badTarget("The request target `*` is for OPTIONS only."), line)
            }
            return line
        }
        guard let scheme = lengthOfScheme(base, target) else {
            throw refused(.badTarget("The request target is neither a path nor an http or https URL."), line)
        }
        let start = target.lowerBound + scheme
        var behind = start
        while behind < target.upperBound, Octets.byte(base, behind) != UInt8(ascii: "/"),
            Octets.byte(base, behind) != UInt8(ascii: "?")
        {
            behind += 1
        }
        guard Authority.isPlausible(base, start..<behind) else {
            throw refused(.badTarget("The host in the request target is malformed."), line)
        }
        return RequestLine(
            base,
            method: parts.method,
            target: parts.target,
            authority: start..<behind,
            isHTTP10: parts.isHTTP10
        )
    }

    private static func refused(_ error: WireError, _ line: RequestLine) -> WireError {
        var error = error
        error.line = line
        return error
    }

    /// Describes the fault of a line that `read` rejected.
    ///
    /// - Parameters:
    ///   - base: The line's first byte.
    ///   - count: The number of the line's bytes without its line feed.
    /// - Returns: The error; without a request line if the bytes are none.
    static func fault(_ base: UnsafeRawPointer, _ count: Int) -> WireError {
        guard count > 0, Octets.byte(base, count - 1) == Octets.carriageReturn else {
            return .badLine("The request line ends without a carriage return.")
        }
        let end = count - 1
        guard Octets.endOfText(base, 0, end) == end else {
            return .badLine("The request line has a control character.")
        }
        let method = Octets.endOfToken(base, 0, end)
        guard method > 0, method < end, Octets.byte(base, method) == Octets.space else {
            return .badLine("The request line does not begin with a method and a space.")
        }
        guard method <= longestMethod else {
            return WireError(501, "method_not_implemented", "The method's name is too long.")
        }
        guard let space = Octets.first(Octets.space, base, method + 1, end) else {
            return .badLine("The request line has no HTTP version.")
        }
        guard space > method + 1 else { return .badLine("The request line has more than one space between its parts.") }
        let version = space + 1..<end
        guard version.count == 8, isVersion(base, version.lowerBound) else {
            return .badLine("The request line does not end with an HTTP version.")
        }
        guard Octets.endOfTarget(base, method + 1, space) == space else {
            return .badTarget("The request target has a character that is not allowed.")
        }
        let line = RequestLine(base, method: method, target: space, isHTTP10: false)
        let isPreface = reads(base, 0..<method, "PRI") && reads(base, version, "HTTP/2.0")
        let message =
            isPreface
            ? "The client speaks HTTP/2 without an upgrade; the gateway speaks HTTP/1.1."
            : "The HTTP version is not supported; use HTTP/1.1."
        return WireError(505, "http_version_not_supported", message, line: line)
    }

    private static func isVersion(_ base: UnsafeRawPointer, _ start: Int) -> Bool {
        reads(base, start..<start + 5, "HTTP/") && Octets.byte(base, start + 5) &- 0x30 < 10
            && Octets.byte(base, start + 6) == UInt8(ascii: ".") && Octets.byte(base, start + 7) &- 0x30 < 10
    }

    private static func lengthOfScheme(_ base: UnsafeRawPointer, _ target: Range<Int>) -> Int? {
        let start = target.lowerBound
        if target.count > 7, Octets.matches(base, start, 4, "http"), reads(base, start + 4..<start + 7, "://") {
            return 7
        }
        if target.count > 8, Octets.matches(base, start, 5, "https"), reads(base, start + 5..<start + 8, "://") {
            return 8
        }
        return nil
    }

    /// True if the bytes are a text, including case.
    private static func reads(_ base: UnsafeRawPointer, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return range.allSatisfy { Octets.byte(base, $0) == text.utf8Start[$0 - range.lowerBound] }
    }
}

/// The host and port in the field `Host` and in an absolute-form target.
enum Authority {
    /// True for a name or an address with at most one port: no blanks, no user information, no list.
    @inline(__always)
    static func isPlausible(_ base: UnsafeRawPointer, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        var index = range.lowerBound
        let end = range.upperBound
        if Octets.byte(base, index) == UInt8(ascii: "[") {
            index += 1
            let start = index
            while index < end, isAddress(Octets.byte(base, index)) { index += 1 }
            guard index > start + 1, index < end, Octets.byte(base, index) == UInt8(ascii: "]") else { return false }
            index += 1
        } else {
            while index < end, isName(Octets.byte(base, index)) { index += 1 }
            guard index > range.lowerBound else { return false }
        }
        guard index < end else { return true }
        guard Octets.byte(base, index) == Octets.colon, end - index <= 6 else { return false }
        var port = 0
        for place in index + 1..<end {
            let digit = Octets.byte(base, place) &- 0x30
            guard digit < 10 else { return false }
            port = port * 10 + Int(digit)
        }
        return port <= 65_535
    }

    /// True for the characters between the brackets of an IPv6 address.
    private static func isAddress(_ byte: UInt8) -> Bool {
        Octets.hexadecimal(byte) != nil || byte == Octets.colon || byte == UInt8(ascii: ".")
    }

    /// True for the characters of a registered name (RFC 3986, section 3.2.2) except the comma, which joins two values.
    @inline(__always)
    private static func isName(_ byte: UInt8) -> Bool {
        let half: UInt64 = byte < 64 ? 0x2bff_6ff2_0000_0000 : 0x47ff_fffe_87ff_fffe
        return byte < 128 && half &>> UInt64(byte & 63) & 1 == 1
    }
}
