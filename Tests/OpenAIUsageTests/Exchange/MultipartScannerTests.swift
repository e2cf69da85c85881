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
    ]

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
    ])
    func `The boundary is read from the media type`(type: String, boundary: String?) {
        #expect(MultipartScanner.boundary(of: type) == boundary)
    }
}
