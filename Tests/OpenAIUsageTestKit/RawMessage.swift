/// An HTTP message as it stands on the wire, read by rules of the tests' own.
package struct RawMessage: Sendable, Equatable {
    /// What the message is.
    package enum Kind: Sendable, Equatable {
        case request
        /// The response to a request with the method.
        case response(to: String)
    }

    /// How the end of the body is told.
    package enum Framing: Sendable, Equatable { case none, length, chunked, close }

    package struct Malformed: Error, CustomStringConvertible {
        package let description: String
    }

    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var startLine = ""
    package var fields: [Field] = []
    package var framing = Framing.none
    package var body: [UInt8] = []
    package var chunkSizes: [Int] = []
    package var trailers: [Field] = []

    package var status: Int { Int(startLine.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    package var method: String { String(startLine.prefix { $0 != " " }) }
    package var target: String { String(startLine.split(separator: " ").dropFirst().first ?? "") }
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The values of a field, in order.
    package subscript(name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// Reads a message from the start of the bytes; `nil` while it is not whole.
    package static func parse(_ bytes: [UInt8], _ kind: Kind, isEnded: Bool) throws -> (RawMessage, length: Int)? {
        guard let headEnd = bytes.range(of: Array("\r\n\r\n".utf8)) else { return nil }
        var message = RawMessage()
        let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).components("\r\n")
        message.startLine = lines[0]
        message.fields = try lines.dropFirst().map(field)
        let rest = bytes[headEnd.upperBound...]
        if message.hasNoBody(kind) { return (message, headEnd.upperBound) }
        if let coding = message["transfer-encoding"].last {
            guard coding.lowercased().hasSuffix("chunked") else { throw Malformed(description: "coding \(coding)") }
            message.framing = .chunked
            return try message.readChunks(rest).map { (message, $0) }
        }
        let lengths = Set(message["content-length"])
        if lengths.count > 1 { throw Malformed(description: "lengths \(lengths)") }
        if let text = lengths.first {
            guard let length = Int(text) else { throw Malformed(description: "length \(text)") }
            guard rest.count >= length else { return nil }
            message.framing = .length
            message.body = Array(rest.prefix(length))
            return (message, headEnd.upperBound + length)
        }
        if kind == .request { return (message, headEnd.upperBound) }
        guard isEnded else { return nil }
        message.framing = .close
        message.body = Array(rest)
        return (message, bytes.count)
    }

    private func hasNoBody(_ kind: Kind) -> Bool {
        guard case .response(let method) = kind else { return false }
        return method == "HEAD" || status == 204 || status == 304 || (100..<200).contains(status)
    }

    private static func field(_ line: String) throws -> Field {
        guard let colon = line.firstIndex(of: ":") else { throw Malformed(description: "field \(line)") }
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        return Field(name: String(line[..<colon]), value: String(value))
    }

    /// Reads chunks; returns the offset behind the last, or `nil` if it is not there yet.
    private mutating func readChunks(_ bytes: ArraySlice<UInt8>) throws -> Int? {
        var position = bytes.startIndex
        func line() -> ArraySlice<UInt8>? {
            guard let end = bytes[position...].range(of: Array("\r\n".utf8)) else { return nil }
            defer { position = end.upperBound }
            return bytes[position..<end.lowerBound]
        }
        while true {
            guard let sizeLine = line() else { return nil }
            let text = String(decoding: sizeLine.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard let size = Int(text, radix: 16) else { throw Malformed(description: "chunk size \(text)") }
            if size == 0 { break }
            guard bytes.endIndex - position >= size + 2 else { return nil }
            chunkSizes.append(size)
            body.append(contentsOf: bytes[position..<position + size])
            position += size
            guard bytes[position..<position + 2].elementsEqual("\r\n".utf8) else {
                throw Malformed(description: "no line end behind a chunk")
            }
            position += 2
        }
        while let next = line() {
            if next.isEmpty { return position }
            trailers.append(try Self.field(String(decoding: next, as: UTF8.self)))
        }
        return nil
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        var result: [String] = []
        var rest = Array(utf8)[...]
        while let range = rest.range(of: Array(separator.utf8)) {
            result.append(String(decoding: rest[..<range.lowerBound], as: UTF8.self))
            rest = rest[range.upperBound...]
        }
        return result + [String(decoding: rest, as: UTF8.self)]
    }
}
