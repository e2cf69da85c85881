/// The hosts by which clients may address a listener.
///
/// With DNS rebinding, a web page's name resolves to this machine, and a browser here sends the page's requests to a listener
/// on the loopback interface, under the page's name. Such a listener therefore accepts only the names of this machine and
/// the allowed ones; other listeners accept any name unless some are listed.
struct HostRule: Sendable, Equatable {
    private let isOpen: Bool
    /// True if the settings allow any name, so that pages of any origin are wanted.
    private let allowsAnyOrigin: Bool
    /// In lower case.
    private let names: [String]
    /// The parts behind the asterisks, in lower case, each with its leading dot.
    private let suffixes: [String]

    /// - Parameters:
    ///   - listen: The address of the listener.
    ///   - allowed: Names or addresses without a port, `*.` before a name for its subdomains, or `*` for any.
    init(listen: GatewayConfiguration.Address, allowed: [String]) {
        let allowed = allowed.map { Self.plain($0.lowercased()) }
        allowsAnyOrigin = allowed.contains("*")
        isOpen = allowsAnyOrigin || (allowed.isEmpty && !listen.isLoopback)
        names = [Self.plain(listen.host.lowercased())] + allowed.filter { !$0.hasPrefix("*") }
        suffixes = allowed.filter { $0.hasPrefix("*.") }.map { String($0.dropFirst()) }
    }

    /// True if a request may have this authority.
    ///
    /// - Parameter authority: The value of `Host`, or the authority of an absolute-form target; `nil` for none.
    /// - Returns: False for another name, an empty one or `nil`, unless any name is allowed.
    func allows(_ authority: UnsafeRawBufferPointer?) -> Bool {
        if isOpen { return true }
        guard let authority, let base = authority.baseAddress else { return false }
        // Nearly all requests; the others may cost a string.
        if Self.isPlainLoopback(base, authority.count) { return true }
        guard authority.count <= 512, let name = Self.name(String(decoding: authority, as: UTF8.self)) else {
            return false
        }
        if name == "localhost" || IPAddress(name)?.isLoopback == true || names.contains(name) { return true }
        return suffixes.contains { name.count > $0.count && name.hasSuffix($0) }
    }

    /// True if requests from web pages of this origin are allowed.
    ///
    /// A listener that is called by any name allows the pages of the host by which it is called, and no others.
    ///
    /// - Parameters:
    ///   - origin: The value of `Origin`.
    ///   - authority: The request's authority; `nil` for none.
    /// - Returns: False for pages from elsewhere and for `null`, unless the settings allow any name.
    func allows(origin: String, authority: String?) -> Bool {
        if allowsAnyOrigin { return true }
        guard let mark = origin.firstRange(of: "://") else { return false }
        var host = String(origin[mark.upperBound...])
        guard isOpen else { return host.withUTF8 { allows(UnsafeRawBufferPointer($0)) } }
        guard let authority, authority.utf8.count <= 512, host.utf8.count <= 512 else { return false }
        guard let name = Self.name(host) else { return false }
        return name == Self.name(authority)
    }

    /// True if a text is a valid entry of the allowed hosts: without scheme, port or path.
    static func isName(_ text: String) -> Bool {
        guard text != "*" else { return true }
        let name = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
        if IPAddress(plain(name)) != nil { return true }
        return !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
                default: "-._".utf8.contains(byte)
                }
            }
    }

    /// True for `localhost` and `127.0.0.1`, with or without a port.
    private static func isPlainLoopback(_ base: UnsafeRawPointer, _ count: Int) -> Bool {
        guard count >= 9 else { return false }
        guard Octets.matches(base, 0, 9, "localhost") || isAddress(base) else { return false }
        if count == 9 { return true }
        guard Octets.byte(base, 9) == Octets.colon else { return false }
        return (10..<count).allSatisfy { Octets.byte(base, $0) &- 0x30 < 10 }
    }

    private static func isAddress(_ base: UnsafeRawPointer) -> Bool {
        zip(0..<9, "127.0.0.1".utf8).allSatisfy { Octets.byte(base, $0) == $1 }
    }

    /// Returns the host of an authority, in lower case and without brackets; `nil` if it is malformed.
    static func name(_ authority: String) -> String? {
        var name = authority.lowercased()[...]
        if name.first == "[" {
            guard let end = name.firstIndex(of: "]"), isPort(name[name.index(after: end)...]) else { return nil }
            name = name[name.index(after: name.startIndex)..<end]
        } else {
            let host = name.prefix { $0 != ":" }
            guard isPort(name[host.endIndex...]) else { return nil }
            name = host
        }
        let result = plain(String(name))
        return result.isEmpty ? nil : result
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || (text.first == ":" && text.dropFirst().allSatisfy { $0.isASCII && $0.isNumber })
    }

    /// Removes the brackets of an address or the trailing dot of a name.
    private static func plain(_ name: String) -> String {
        if name.hasPrefix("["), name.hasSuffix("]") { return String(name.dropFirst().dropLast()) }
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}

extension GatewayConfiguration.Address {
    /// True if the address is reachable from this machine only: `localhost`, 127.0.0.0/8 or `::1`.
    public var isLoopback: Bool { host.lowercased() == "localhost" || IPAddress(host)?.isLoopback == true }
}

extension IPAddress {
    /// True for 127.0.0.0/8, also IPv4-mapped, and for `::1`.
    var isLoopback: Bool {
        if bytes.count == 4 { return bytes[0] == 127 }
        if bytes.starts(with: Array(repeating: 0, count: 10) + [0xff, 0xff]) { return bytes[12] == 127 }
        return bytes.last == 1 && bytes.dropLast().allSatisfy { $0 == 0 }
    }
}
