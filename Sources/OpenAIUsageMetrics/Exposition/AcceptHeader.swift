/// The media ranges of an `Accept` header, most preferred first.
struct AcceptHeader: Sendable {
    /// A media range with its parameters.
    struct Range: Sendable, Equatable {
        var type: String
        var subtype: String
        /// The parameters other than the weight, by lowercase name.
        var parameters: [String: String]
        /// The weight, from 0 to 1.
        var quality: Double
    }

    /// The ranges with a weight above 0, by descending weight and then in header order.
    let ranges: [Range]

    init(_ header: String) {
        let ranges = Self.split(header, at: UInt8(ascii: ",")).compactMap(Self.range)
        self.ranges =
            ranges.enumerated()
            .filter { $0.element.quality > 0 }
            .sorted { ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset) }
            .map(\.element)
    }

    private static func range(_ text: Substring) -> Range? {
        let parts = split(text[...], at: UInt8(ascii: ";"))
        guard let media = parts.first.map(trim)?.lowercased(),
            let slash = media.firstIndex(of: "/"), slash > media.startIndex
        else { return nil }
        let subtype = media[media.index(after: slash)...]
        guard !subtype.isEmpty else { return nil }
        var range = Range(type: String(media[..<slash]), subtype: String(subtype), parameters: [:], quality: 1)
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let name = trim(part[..<equals]).lowercased()
            let value = unquote(trim(part[part.index(after: equals)...]))
            if name == "q" {
                // An invalid weight counts as absent, as in Prometheus' own libraries.
                range.quality = Double(value).map { $0.isNaN ? 1 : min(1, max(0, $0)) } ?? 1
            } else if !name.isEmpty {
                range.parameters[name] = value
            }
        }
        return range
    }

    /// Splits at separators outside quotes.
    private static func split(_ text: some StringProtocol, at separator: UInt8) -> [Substring] {
        var parts: [Substring] = []
        let whole = Substring(text)
        let bytes = whole.utf8
        var start = bytes.startIndex
        var index = start
        var isQuoted = false
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == UInt8(ascii: "\\"), isQuoted {
                bytes.formIndex(after: &index)
                if index == bytes.endIndex { break }
            } else if byte == separator, !isQuoted {
                parts.append(whole[start..<index])
                start = bytes.index(after: index)
            }
            bytes.formIndex(after: &index)
        }
        parts.append(whole[start...])
        return parts
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return text
    }

    private static func unquote(_ text: Substring) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
        var value = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                value.append(character)
                isEscaped = false
            }
        }
        return value
    }
}
