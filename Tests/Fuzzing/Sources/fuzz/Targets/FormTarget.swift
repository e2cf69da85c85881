@testable import OpenAIUsage

/// The scanner finds the short parts of a form that a reader of the whole body finds, and minds no cut.
enum FormTarget: FuzzTarget {
    static let name = "form"
    private static let boundary = "XX"

    static func seeds(_ samples: SampleFiles) -> [[UInt8]] {
        let disposition = "Content-Disposition: form-data; name="
        return [
            "--XX\r\n\(disposition)\"model\"\r\n\r\nwhisper-1\r\n--XX--\r\n",
            "preamble\r\n--XX\r\n\(disposition)n\r\n\r\n2\r\n--XX \r\n\(disposition)\"file\"; filename=\"a\"\r\n\r\n\r\n--XXX"
                + "\r\n--XX\r\n\(disposition)\"model\"\r\n\r\nx\r\n--XX--\r\nepilogue",
            "--XX\n\(disposition)n\n\n\n2\n\n--XX\n\(disposition)model\n\nm\n--XX--",
            "--XX\r\n\r\n--XX\r\ncontent-disposition: form-data;\r\n name=\"a;\\\"b\"\r\n\r\n\r\n--XX--",
        ].map { Array($0.utf8) }
    }

    private static func parts(_ bytes: [UInt8], cuts: [Int] = []) -> [String] {
        var scanner = MultipartScanner(boundary: boundary)
        var found: [String] = []
        Cuts.pieces(of: bytes, cuts) { scanner.scan($0) { found.append("\($0)=\($1)") } }
        return found
    }

    static func test(_ bytes: [UInt8]) {
        let whole = parts(bytes)
        for cuts in Cuts.of(bytes) {
            let found = parts(bytes, cuts: cuts)
            Fuzz.check(found == whole, "\(found) are not \(whole), cut at \(cuts).")
        }
        let expected = plainParts(bytes)
        Fuzz.check(whole == expected, "\(whole) are not \(expected).")
        // As the header of a request the bytes name a boundary within its bounds, or none.
        let named = MultipartScanner.boundary(of: "multipart/form-data;" + String(decoding: bytes, as: UTF8.self))
        Fuzz.check(named.map { 1...70 ~= $0.utf8.count } ?? true, "\(named ?? "") is not a boundary.")
    }

    /// A delimiter line: where it begins, with the line end before it, and where the next line begins.
    private struct Delimiter {
        var start: Int
        var end: Int
        var isLast: Bool
        var endsWithReturn: Bool
    }

    /// The parts as found in the whole body.
    private static func plainParts(_ bytes: [UInt8]) -> [String] {
        // A line end stands before the first delimiter, if only in thought.
        let bytes = [0x0a] + bytes
        guard let first = delimiter(bytes, 0, hasReturn: false), !first.isLast else { return [] }
        var parts: [String] = []
        var start = first.end
        while true {
            let (header, body) = header(bytes, start)
            guard let body else { return parts }
            // The last byte of the header may be that of the next delimiter.
            let lineEnd = bytes[body - 1] == 0x0a ? body - 1 : body
            guard let next = delimiter(bytes, lineEnd, hasReturn: first.endsWithReturn, header: body) else {
                return parts
            }
            if let name = header, next.start - body <= MultipartScanner.maximumValueLength {
                let value = bytes[body..<max(body, next.start)]
                parts.append("\(name)=\(String(decoding: value, as: UTF8.self))")
            }
            if next.isLast { return parts }
            start = next.end
        }
    }

    /// The first delimiter line from an index on; the line end before it may end the header that ends at `header`.
    private static func delimiter(_ bytes: [UInt8], _ start: Int, hasReturn: Bool, header: Int? = nil) -> Delimiter? {
        let text = Array("\n--\(boundary)".utf8)
        var index = start
        while index + text.count <= bytes.count {
            defer { index += 1 }
            guard bytes[index...].starts(with: text) else { continue }
            let isBehindHeader = header == index + 1
            var begin = index
            if hasReturn, !isBehindHeader {
                guard index > (header ?? 0), bytes[index - 1] == 0x0d else { continue }
                begin -= 1
            }
            var end = index + text.count
            if bytes[end...].starts(with: "--".utf8) {
                return Delimiter(start: begin, end: end, isLast: true, endsWithReturn: false)
            }
            while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
            let endsWithReturn = end < bytes.count && bytes[end] == 0x0d
            if endsWithReturn { end += 1 }
            guard end < bytes.count, bytes[end] == 0x0a else { continue }
            return Delimiter(start: begin, end: end + 1, isLast: false, endsWithReturn: endsWithReturn)
        }
        return nil
    }

    /// The name that a header gives its part, and where the body begins.
    private static func header(_ bytes: [UInt8], _ start: Int) -> (name: String?, body: Int?) {
        var lines: [[UInt8]] = []
        var index = start
        while let end = bytes[index...].firstIndex(of: 0x0a) {
            guard end - start < MultipartScanner.maximumHeaderLength else { break }
            var line = Array(bytes[index..<end])
            if line.last == 0x0d { line.removeLast() }
            index = end + 1
            if line.isEmpty { return (name(lines), index) }
            if line[0] == 0x20 || line[0] == 0x09, !lines.isEmpty {
                lines[lines.count - 1] += line
            } else {
                lines.append(line)
            }
        }
        let end = start + MultipartScanner.maximumHeaderLength
        return (nil, bytes.count >= end ? end : nil)
    }

    private static func name(_ lines: [[UInt8]]) -> String? {
        let prefix = "content-disposition:"
        guard
            let line = lines.first(where: {
                String(decoding: $0.prefix(prefix.utf8.count), as: UTF8.self).lowercased() == prefix
            })
        else { return nil }
        let parameters = HeaderParameters(line.dropFirst(prefix.utf8.count))
        return parameters["filename"] == nil && parameters["filename*"] == nil ? parameters["name"] : nil
    }
}
