import HTTPTypes

extension HTTPResponse {
    /// Creates a response from the lines of its head, whose status line ``HeadCollector`` has checked.
    ///
    /// A folded line is appended to the line before it; a line with an invalid field name is skipped.
    init(head bytes: [UInt8], status: Int) {
        self.init(status: Status(code: status))
        var name: HTTPField.Name?
        var value: ArraySlice<UInt8> = []
        func field() -> HTTPField? { name.map { HTTPField(name: $0, lenientValue: value) } }
        var position = 0
        var isFirst = true
        while position < bytes.count {
            let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = bytes[position..<end].trimmed
            let isFolded = Self.isBlank(bytes[position])
            position = end + 1
            if isFirst {
                self.status = Status(code: status, reasonPhrase: Self.reason(of: line))
                isFirst = false
            } else if isFolded {
                value = value + [UInt8(ascii: " ")] + line
            } else {
                if let field = field() { headerFields.append(field) }
                let colon = line.firstIndex(of: UInt8(ascii: ":"))
                name = colon.flatMap { HTTPField.Name(String(decoding: line[..<$0], as: UTF8.self)) }
                value = colon.map { line[($0 + 1)...].trimmed } ?? []
            }
        }
        if let field = field() { headerFields.append(field) }
    }

    private static func reason(of line: ArraySlice<UInt8>) -> String {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? String(decoding: parts[2], as: UTF8.self) : ""
    }

    fileprivate static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension ArraySlice<UInt8> {
    /// The bytes without surrounding spaces, tabs and line ends.
    fileprivate var trimmed: ArraySlice<UInt8> {
        var start = startIndex
        var end = endIndex
        while start < end, HTTPResponse.isBlank(self[end - 1]) || self[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        while start < end, HTTPResponse.isBlank(self[start]) { start += 1 }
        return self[start..<end]
    }
}
