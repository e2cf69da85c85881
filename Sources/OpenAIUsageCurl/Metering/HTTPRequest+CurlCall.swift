import CCurl
import HTTPTypes

extension HTTPRequest {
    /// Creates the head of a call's request for a meter; `nil` if the call has no HTTP URL or its method is invalid.
    init?(_ call: ccurl_call) {
        guard let url = call.url.map({ String(cString: $0) }), let mark = url.range(of: "://") else { return nil }
        let scheme = url[..<mark.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else { return nil }
        let rest = url[mark.upperBound...].prefix { $0 != "#" }
        // User information is a credential, which a meter does not need.
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let path = rest[authority.endIndex...]
        let usual = call.body == nil && call.read == nil ? "GET" : "POST"
        guard !host.isEmpty, let method = Method(call.method.map { String(cString: $0) } ?? usual) else { return nil }
        self.init(
            method: method,
            scheme: scheme,
            authority: String(host),
            path: path.first == "/" ? String(path) : "/" + path
        )
        var line = call.fields
        while let field = line {
            line = UnsafePointer(field.pointee.next)
            guard let text = field.pointee.data else { continue }
            if let field = HTTPField(libcurlLine: String(cString: text)) { headerFields.append(field) }
        }
    }
}

extension HTTPField {
    /// Creates a field from a line in libcurl's notation; `nil` if the line removes a field.
    init?(libcurlLine line: String) {
        let text = line.utf8
        guard let mark = text.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";") }),
            let name = Name(String(line[..<mark]))
        else { return nil }
        let value = line[text.index(after: mark)...].drop { $0 == " " || $0 == "\t" }
        // In libcurl's notation, a colon without a value removes a field, and a semicolon marks an empty one.
        guard text[mark] == UInt8(ascii: ";") ? value.isEmpty : !value.isEmpty else { return nil }
        self.init(name: name, value: String(value))
    }
}

extension String {
    /// Returns the first occurrence of a text.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
