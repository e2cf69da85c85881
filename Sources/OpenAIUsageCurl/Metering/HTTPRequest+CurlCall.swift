import CCurl
import HTTPTypes

extension HTTPRequest {
    /// The head of a call's request as a meter takes it; `nil` if it has no URL of HTTP.
    init?(_ call: ccurl_call) {
        guard let url = call.url.map({ String(cString: $0) }), let mark = url.range(of: "://") else { return nil }
        let scheme = url[..<mark.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else { return nil }
        let rest = url[mark.upperBound...].prefix { $0 != "#" }
        // Who is logged in is nothing to a meter.
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
    /// A field of a line in libcurl's notation; `nil` where the line takes a field away.
    init?(libcurlLine line: String) {
        let text = line.utf8
        guard let mark = text.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";") }),
            let name = Name(String(line[..<mark]))
        else { return nil }
        let value = line[text.index(after: mark)...].drop { $0 == " " || $0 == "\t" }
        // A colon without a value is libcurl's word for a field that is not wanted, a semicolon for one that is empty.
        guard text[mark] == UInt8(ascii: ";") ? value.isEmpty : !value.isEmpty else { return nil }
        self.init(name: name, value: String(value))
    }
}

extension String {
    /// The first place of a text.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
