/// Reads the short text parts of a `multipart/form-data` body (RFC 7578) while it streams by, wherever they stand.
///
/// It holds one delimiter's length, one part's header and one short value; a file part of any size passes by.
struct MultipartScanner: Sendable {
    private enum State: UInt8, Sendable {
        case preamble, delimiterEnd, header, body, finished
    }

    /// The longest value that is kept; a longer one is none of the parts that are looked for.
    static let maximumValueLength = 256
    /// The longest header of a part; in a longer one no name is found.
    static let maximumHeaderLength = 4_096

    private let delimiter: [UInt8]
    private var state = State.preamble
    private var matched: Int
    private var header: [UInt8] = []
    private var value: [UInt8] = []
    private var name: String?
    private var isTooLong = false

    /// - Parameter boundary: The boundary that the media type names.
    init(boundary: String) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter may stand at the very start, without a line end before it.
        matched = 2
    }

    /// The boundary of a media type; `nil` if it is no form.
    static func boundary(of contentType: String) -> String? {
        let lowercased = contentType.lowercased()
        guard lowercased.hasPrefix("multipart/form-data") else { return nil }
        for parameter in contentType.split(separator: ";").dropFirst() {
            let pair = parameter.drop { $0 == " " || $0 == "\t" }.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].lowercased() == "boundary" else { continue }
            var text = pair[1]
            while text.last == " " || text.last == "\t" { text = text.dropLast() }
            if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count >= 2 { text = text.dropFirst().dropLast() }
            return 1...70 ~= text.utf8.count ? String(text) : nil
        }
        return nil
    }

    /// Reads bytes of the body, and hands on every short text part with its name.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ receive: (String, String) -> Void) {
        guard let base = bytes.baseAddress else { return }
        var index = 0
        while index < bytes.count {
            switch state {
            case .finished: return
            case .preamble, .body: index = scanBody(base, index, bytes.count, receive)
            case .delimiterEnd:
                // "--" ends the body; a line end begins the next part's header.
                if base[index] == UInt8(ascii: "-") {
                    state = .finished
                } else if base[index] == 0x0a {
                    state = .header
                    header.removeAll(keepingCapacity: true)
                }
                index += 1
            case .header:
                takeHeader(base[index])
                index += 1
            }
        }
    }

    private mutating func scanBody(
        _ base: UnsafePointer<UInt8>,
        _ start: Int,
        _ end: Int,
        _ receive: (String, String) -> Void
    ) -> Int {
        var index = start
        while index < end {
            if matched == 0 {
                let next = ByteSearch.firstReturn(base, index, end)
                keep(UnsafeBufferPointer(start: base + index, count: next - index))
                index = next
                guard index < end else { return end }
            }
            let byte = base[index]
            if byte == delimiter[matched] {
                matched += 1
                index += 1
                if matched == delimiter.count {
                    endPart(receive)
                    state = .delimiterEnd
                    matched = 0
                    return index
                }
            } else {
                // The delimiter begins with the only carriage return in it, so nothing of what failed can begin another.
                let failed = delimiter.prefix(matched)
                failed.withUnsafeBufferPointer { keep($0) }
                let wasMatching = matched > 0
                matched = 0
                if !wasMatching || byte != 0x0d {
                    withUnsafePointer(to: byte) { keep(UnsafeBufferPointer(start: $0, count: 1)) }
                    index += 1
                }
            }
        }
        return index
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
        if state == .body, let name, !isTooLong {
            receive(name, String(decoding: value, as: UTF8.self))
        }
        name = nil
        value.removeAll(keepingCapacity: true)
        isTooLong = false
    }

    private mutating func takeHeader(_ byte: UInt8) {
        if header.count < Self.maximumHeaderLength { header.append(byte) }
        guard byte == 0x0a, header.count < Self.maximumHeaderLength else {
            // A header without an end is passed over up to the next delimiter.
            if header.count == Self.maximumHeaderLength {
                name = nil
                state = .body
            }
            return
        }
        let isEnd =
            header.count <= 2 || header.suffix(4) == [0x0d, 0x0a, 0x0d, 0x0a] || header.suffix(2) == [0x0a, 0x0a]
        guard isEnd else { return }
        name = Self.partName(String(decoding: header, as: UTF8.self))
        state = .body
        matched = 0
    }

    /// The name of a part that is no file.
    private static func partName(_ header: String) -> String? {
        for line in header.split(whereSeparator: \.isNewline) {
            let lowercased = line.lowercased()
            guard lowercased.hasPrefix("content-disposition:"), !lowercased.contains("filename") else { continue }
            for parameter in line.split(separator: ";").dropFirst() {
                let pair = parameter.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                guard pair.count == 2, pair[0].lowercased() == "name" else { continue }
                return String(pair[1].filter { $0 != "\"" && $0 != " " })
            }
        }
        return nil
    }
}
