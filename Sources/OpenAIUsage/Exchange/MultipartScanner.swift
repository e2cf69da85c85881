/// An incremental reader of the short text parts of a `multipart/form-data` body (RFC 7578), wherever they are in it.
///
/// It buffers one delimiter line, one part's header and one short value; file parts of any size are skipped.
struct MultipartScanner: Sendable {
    private enum State: UInt8, Sendable {
        case preamble, delimiterEnd, header, body, finished
    }

    /// The longest value that is read; a part with a longer one is skipped.
    static let maximumValueLength = 256
    /// The longest header of a part; the name of a part with a longer one is not found.
    static let maximumHeaderLength = 4_096

    private let boundary: [UInt8]
    /// The start of a delimiter line with the line end before it: a bare line feed until the first delimiter shows the
    /// line end in use.
    private var delimiter: [UInt8]
    private var state = State.preamble
    /// The number of bytes of the delimiter that were matched.
    private var matched = 1
    /// The number of matched bytes that belong to the header, since a part may be empty.
    private var borrowed = 1
    /// The bytes after the delimiter on its line.
    private var delimiterRest: [UInt8] = []
    private var isFirst = true
    private var header: [UInt8] = []
    private var headerLineStart = 0
    private var value: [UInt8] = []
    private var name: String?
    private var isTooLong = false

    /// - Parameter boundary: The boundary of the media type.
    init(boundary: String) {
        self.boundary = Array("--\(boundary)".utf8)
        delimiter = [0x0a] + self.boundary
    }

    /// The boundary of a media type; `nil` if the type is not `multipart/form-data` or has no valid boundary.
    static func boundary(of contentType: String) -> String? {
        let parameters = HeaderParameters(contentType.utf8)
        guard parameters.value == "multipart/form-data", let boundary = parameters["boundary"] else { return nil }
        return 1...70 ~= boundary.utf8.count ? boundary : nil
    }

    /// Reads bytes of the body and passes on every short text part with its name.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ receive: (String, String) -> Void) {
        guard let base = bytes.baseAddress else { return }
        var index = 0
        while index < bytes.count {
            switch state {
            case .finished: return
            case .preamble, .body: index = scanBody(base, index, bytes.count)
            case .delimiterEnd: if takeDelimiterEnd(base[index], receive) { index += 1 }
            case .header:
                takeHeader(base[index])
                index += 1
            }
        }
    }

    private mutating func scanBody(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end {
            if matched == 0 {
                let next = ByteSearch.first(delimiter[0], base, index, end)
                keep(UnsafeBufferPointer(start: base + index, count: next - index))
                index = next
                guard index < end else { return end }
            }
            if base[index] == delimiter[matched] {
                matched += 1
                index += 1
                if matched == delimiter.count {
                    state = .delimiterEnd
                    delimiterRest.removeAll(keepingCapacity: true)
                    return index
                }
            } else {
                // The line end is only at the start of the delimiter, so that a failed match contains no start of
                // another.
                restore(matched)
            }
        }
        return index
    }

    /// Reads a byte after a delimiter: two hyphens end the body, a line end begins the next part's header.
    ///
    /// - Returns: False if the byte does not belong to the line, which is not a delimiter line then.
    private mutating func takeDelimiterEnd(_ byte: UInt8, _ receive: (String, String) -> Void) -> Bool {
        switch (delimiterRest.last, byte) {
        case (UInt8(ascii: "-"), UInt8(ascii: "-")):
            endPart(receive)
            state = .finished
            return true
        case (nil, 0x0a), (0x20, 0x0a), (0x09, 0x0a), (0x0d, 0x0a):
            endPart(receive)
            if isFirst, delimiterRest.last == 0x0d { delimiter.insert(0x0d, at: 0) }
            isFirst = false
            state = .header
            header.removeAll(keepingCapacity: true)
            headerLineStart = 0
            return true
        case (nil, UInt8(ascii: "-")), (nil, 0x20), (nil, 0x09), (nil, 0x0d), (0x20, 0x20), (0x20, 0x09), (0x20, 0x0d),
            (0x09, 0x20), (0x09, 0x09), (0x09, 0x0d):
            // Further bytes make no difference: the value is too long.
            if delimiterRest.count > Self.maximumValueLength { delimiterRest.removeLast() }
            delimiterRest.append(byte)
            return true
        default:
            state = isFirst ? .preamble : .body
            restore(delimiter.count)
            let endsWithReturn = delimiterRest.last == 0x0d
            if endsWithReturn { delimiterRest.removeLast() }
            delimiterRest.withUnsafeBufferPointer { keep($0) }
            if endsWithReturn, delimiter[0] == 0x0d {
                matched = 1
            } else if endsWithReturn {
                keep(0x0d)
            }
            return false
        }
    }

    /// Returns bytes that looked like a delimiter to the part.
    private mutating func restore(_ count: Int) {
        delimiter[min(borrowed, count)..<count].withUnsafeBufferPointer { keep($0) }
        matched = 0
        borrowed = 0
    }

    private mutating func keep(_ byte: UInt8) {
        withUnsafePointer(to: byte) { keep(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    private mutating func keep(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard state == .body, name != nil, !isTooLong else { return }
        if value.count + bytes.count > Self.maximumValueLength {
            isTooLong = true
        } else {
            value.append(contentsOf: bytes)
        }
    }

    private mutating func endPart(_ receive: (String, String) -> Void) {
        if let name, !isTooLong { receive(name, String(decoding: value, as: UTF8.self)) }
        name = nil
        value.removeAll(keepingCapacity: true)
        isTooLong = false
    }

    private mutating func takeHeader(_ byte: UInt8) {
        header.append(byte)
        if byte == 0x0a {
            let line = header[headerLineStart...]
            if line.count == 1 || (line.count == 2 && line.first == 0x0d) {
                name = Self.partName(header)
                beginBody()
                return
            }
            headerLineStart = header.count
        }
        // The rest of a header that is too long is skipped up to the next delimiter.
        if header.count == Self.maximumHeaderLength { beginBody() }
    }

    private mutating func beginBody() {
        state = .body
        // The line end after the header may be the one before the next delimiter.
        matched = header.last == 0x0a ? delimiter.count - boundary.count : 0
        borrowed = matched
    }

    /// The name of a part; `nil` for a file and for a part without a name.
    private static func partName(_ header: [UInt8]) -> String? {
        var lines: [[UInt8]] = []
        for line in header.split(separator: 0x0a) {
            let text = line.last == 0x0d ? line.dropLast() : line
            if let first = text.first, first == 0x20 || first == 0x09, !lines.isEmpty {
                lines[lines.count - 1] += text
            } else {
                lines.append(Array(text))
            }
        }
        for line in lines {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
                String(decoding: line[..<colon], as: UTF8.self).lowercased() == "content-disposition"
            else { continue }
            let parameters = HeaderParameters(line[(colon + 1)...])
            guard parameters["filename"] == nil, parameters["filename*"] == nil else { return nil }
            return parameters["name"]
        }
        return nil
    }
}
