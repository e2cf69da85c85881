import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsage

struct MultipartScannerTests {
    static func parts(_ body: [UInt8], boundary: String = "XX", cuts: [Int] = []) -> [String] {
        var scanner = MultipartScanner(boundary: boundary)
        var found: [String] = []
        var start = 0
        for cut in cuts + [body.count] where cut >= start && cut <= body.count {
            Array(body[start..<cut]).withUnsafeBufferPointer { bytes in
                scanner.scan(bytes) { found.append("\($0)=\($1)") }
            }
            start = cut
        }
        return found
    }

    static func part(_ name: String, _ value: String, file: String? = nil) -> String {
        let filename = file.map { "; filename=\"\($0)\"" } ?? ""
        return "--XX\r\nContent-Disposition: form-data; name=\"\(name)\"\(filename)\r\n\r\n\(value)\r\n"
    }

    static let cases: [(body: String, parts: [String])] = [
        (part("model", "whisper-1") + "--XX--\r\n", ["model=whisper-1"]),
        ("preamble\r\n" + part("model", "a") + part("n", "2") + "--XX--", ["model=a", "n=2"]),
        (part("file", "model", file: "model.wav") + part("model", "b") + "--XX--\r\nepilogue", ["model=b"]),
        (part("model", "a\r\n--X\r\n--XY\r\r\n") + "--XX--", ["model=a\r\n--X\r\n--XY\r\r\n"]),
        (part("model", "") + "--XX--", ["model="]),
        (
            "--XX\r\ncontent-type: text/plain\r\nCONTENT-DISPOSITION: form-data; NAME=model\r\n\r\nc\r\n--XX--",
            ["model=c"]
        ),
        ("--XX\r\nContent-Type: text/plain\r\n\r\nno name\r\n" + part("model", "d") + "--XX--", ["model=d"]),
        (part("model", String(repeating: "x", count: 257)) + part("n", "1") + "--XX--", ["n=1"]),
        (part("model", "cut off").dropLast(2) + "", []),
        ("", []), ("--XX--", []), ("--XY\r\n\r\n", []),
        // Lines that only begin like a delimiter are part of a value, in a file too.
        (
            part("model", "a\r\n--XXY\r\n--XX-\r\n--XX - \r\n--XX\rb") + "--XX--",
            ["model=a\r\n--XXY\r\n--XX-\r\n--XX - \r\n--XX\rb"]
        ),
        (part("file", "\r\n--XXX\r\n\(fake)\r\n--XX x\r\n\(fake)", file: "x") + part("n", "1") + "--XX--", ["n=1"]),
        (part("file", "\n--XX\n\(fake)\n--XX--\n", file: "x") + part("n", "1") + "--XX--", ["n=1"]),
        (part("a", "\r\n--XX\r") + part("n", "1") + "--XX--", ["a=\r\n--XX\r", "n=1"]),
        (part("a", "1") + "--XX- ", []),
        ("--XXY\r\n\r\n" + part("n", "1") + "--XX--", ["n=1"]),
        // Blanks behind a delimiter, and what stands behind the last one.
        ("--XX \t \r\n" + part("n", "1").dropFirst(5) + "--XX--\r\n" + part("m", "2"), ["n=1"]),
        ("preamble --XX\r\n" + part("n", "1") + "--XX-- ", ["n=1"]),
        ("\r\n" + part("n", "1") + "--XX--", ["n=1"]), ("\r\r\n" + part("n", "1") + "--XX--", ["n=1"]),
        // Lines that end with a line feed only.
        (part("model", "a").unix + part("n", "\n2\n").unix + "--XX--\n", ["model=a", "n=\n2\n"]),
        ("preamble\n" + part("n", "1").unix + "--XX--", ["n=1"]),
        ("--XX\r\nContent-Disposition: form-data; name=n\n\r\n1\r\n--XX--", ["n=1"]),
        // Parts without a header, a body, or an end of the header.
        ("--XX\r\n\r\nx\r\n" + part("n", "1") + "--XX--", ["n=1"]),
        ("--XX\r\n\(fake)--XX\r\n" + part("n", "1").dropFirst(5) + "--XX--", ["model=", "n=1"]),
        ("--XX\r\n\r\n" + part("n", "1") + "--XX--", ["n=1"]),
        ("--XX\r\nx: \(String(repeating: "y", count: 5_000))\r\n\(fake)z\r\n" + part("n", "1") + "--XX--", ["n=1"]),
        // Spellings of the header.
        ("--XX\r\ncontent-disposition:form-data;name=n\r\n\r\n1\r\n--XX--", ["n=1"]),
        ("--XX\r\nContent-Disposition: form-data ; name = \"n\" ; x=y\r\n\r\n1\r\n--XX--", ["n=1"]),
        ("--XX\r\nContent-Disposition: form-data;\r\n\tname=\"n\"\r\n\r\n1\r\n--XX--", ["n=1"]),
        ("--XX\r\nContent-Disposition: form-data; name=\"a;b \\\"c\\\\\\d\"\r\n\r\n1\r\n--XX--", ["a;b \"c\\\\d=1"]),
        ("--XX\r\nContent-Disposition: form-data; x=\"; name=m\"; name=n\r\n\r\n1\r\n--XX--", ["n=1"]),
        ("--XX\r\nContent-Disposition: form-data; name=\"filename\"\r\n\r\n1\r\n--XX--", ["filename=1"]),
        ("--XX\r\nContent-Disposition: form-data; name=n; filename=\r\n\r\n1\r\n--XX--", []),
        ("--XX\r\nContent-Disposition: form-data; name=n; FileName*=UTF-8''x\r\n\r\n1\r\n--XX--", []),
        ("--XX\r\nX: y\u{2028}content-disposition: form-data; name=n\r\n\r\n1\r\n--XX--", []),
        ("--XX\r\nContent-Disposition : form-data; name=n\r\n\r\n1\r\n--XX--", []),
        ("--XX\r\nX-Content-Disposition: form-data; name=n\r\n\r\n1\r\n--XX--", []),
    ]

    /// The header of another part, as a file may hold it.
    static let fake = "Content-Disposition: form-data; name=\"model\"\r\n\r\n"

    @Test(arguments: cases)
    func `The text parts are found wherever the body is cut`(body: String, parts: [String]) {
        let bytes = Array(body.utf8)
        #expect(Self.parts(bytes) == parts)
        #expect(Self.parts(bytes, cuts: Array(0...bytes.count)) == parts)
        for cut in 0...bytes.count {
            let found = Self.parts(bytes, cuts: [cut])
            guard found == parts else {
                Issue.record("Cut at \(cut): \(found)")
                return
            }
        }
    }

    @Test
    func `A part behind a large file is found`() {
        var random = SplitMix64(seed: 7)
        var file = (0..<4_000_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        file += Array("\r\n--X".utf8)
        let head = Array("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n".utf8)
        let tail = Array("\r\n\(Self.part("model", "last"))--XX--\r\n".utf8)
        let cuts = Array(stride(from: 1_000, to: file.count, by: 65_537))
        #expect(Self.parts(head + file + tail, cuts: cuts) == ["model=last"])
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=XX", "XX"), ("Multipart/Form-Data;boundary=\"a b\"; charset=utf-8", "a b"),
        ("multipart/form-data; charset=x; Boundary=----Web", "----Web"), ("multipart/form-data", nil),
        ("multipart/mixed; boundary=x", nil), ("multipart/form-data; boundary=", nil), ("application/json", nil),
        ("multipart/form-data; charset=\"a; boundary=b\"; boundary=\"c;d=\\\"e\"", "c;d=\"e"),
        ("multipart/form-data ; boundary = XX ", "XX"), ("multipart/form-data-x; boundary=XX", nil),
        ("multipart/form-data; xboundary=a; boundary=b; boundary=c", "b"), ("multipart/form-data; boundary=a=b", "a=b"),
        ("multipart/form-data; boundary=\(String(repeating: "x", count: 71))", nil), ("", nil), (";boundary=x", nil),
    ])
    func `The boundary is read from the media type`(type: String, boundary: String?) {
        #expect(MultipartScanner.boundary(of: type) == boundary)
    }
}

extension String {
    /// The text with line feeds only.
    fileprivate var unix: String { replacing("\r\n", with: "\n") }
}
