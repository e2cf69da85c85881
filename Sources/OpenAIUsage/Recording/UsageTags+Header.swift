extension UsageTags {
    /// The name of the request header field that contains tags, which is removed before the request is sent.
    public static let headerName = "openai-usage-tags"

    /// Creates tags from a header field's value (`team=search,feature=rag`), percent-encoded as in W3C Baggage.
    ///
    /// Malformed members are ignored.
    public init(header value: some StringProtocol) {
        self.init()
        for member in value.split(separator: ",") {
            let pair = member.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            self[Self.decoded(pair[0])] = Self.decoded(pair[1])
        }
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = digit(rest.first), let low = digit(rest.dropFirst().first) {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        let trimmed = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        let end = trimmed.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? trimmed.startIndex
        return String(decoding: trimmed[trimmed.startIndex..<max(end, trimmed.startIndex)], as: UTF8.self)
    }

    private static func digit(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case .some(0x30...0x39): byte.map { $0 - 0x30 }
        case .some(0x41...0x46): byte.map { $0 - 0x41 + 10 }
        case .some(0x61...0x66): byte.map { $0 - 0x61 + 10 }
        default: nil
        }
    }
}
