import HTTPTypes
import Testing

@testable import OpenAIUsageCurl

/// A response's head as libcurl hands it over, line by line.
struct HeadCollectorTests {
    private func collect(_ lines: [String], into collector: inout HeadCollector) -> [HeadCollector.Outcome] {
        lines.map { line in Array((line + "\r\n").utf8).withUnsafeBufferPointer { collector.receive($0) } }
    }

    @Test
    func `A head is its lines, without the interim ones before it and the trailers behind`() {
        var collector = HeadCollector()
        let outcomes = collect(
            [
                "HTTP/1.1 100 Continue", "", "HTTP/1.1 103 Early Hints", "Link: a", "", "HTTP/2 404 ", "A: b", "",
                "Trailer: c", "",
            ],
            into: &collector
        )
        #expect(outcomes.firstIndex(of: .ends(status: 404)) == 7)
        #expect(outcomes.filter { $0 == .goesOn }.count == 9)
        let head = HTTPResponse(head: collector.take(), status: collector.status)
        #expect(head.status.code == 404 && head.headerFields.map(\.value) == ["b"])
        #expect(collect(["HTTP/1.1 200 OK"], into: &collector) == [.isRepeated])
    }

    @Test
    func `A change of protocols has no other head behind it`() {
        var collector = HeadCollector()
        #expect(collect(["HTTP/1.1 101 Switching", ""], into: &collector).last == .ends(status: 101))
    }

    @Test(arguments: [
        "", "HTTP/1.1", "HTTP/1.1 2x0 OK", "HTTP/1.1 099 Low", "HTTP/1.1 20", "SSH-2.0", "http/1.1 200 OK",
    ])
    func `A first line that is not a status line is none`(line: String) {
        var collector = HeadCollector()
        #expect(collect([line], into: &collector) == [.isMalformed])
    }

    @Test
    func `A head beyond the limit is too long`() {
        var collector = HeadCollector()
        var outcomes = collect(["HTTP/1.1 200 OK"], into: &collector)
        let line = "X: " + String(repeating: "a", count: 995)
        while outcomes.last == .goesOn { outcomes += collect([line], into: &collector) }
        #expect(outcomes.last == .isTooLong && outcomes.count == 2 + HeadCollector.limit / 1_000)
    }

    @Test
    func `Folded lines, lines without a name and strange names come out as fields can bear them`() {
        let text =
            "HTTP/1.1 200 Fine enough\r\nA:  1\t\r\n  2\r\n\t3 \r\nno colon\r\n: nameless\r\nb c: d\r\nE:\r\nA: 4\r\n"
        let head = HTTPResponse(head: Array(text.utf8), status: 200)
        #expect(head.status.reasonPhrase == "Fine enough")
        #expect(head.headerFields.map { "\($0.name.rawName)=\($0.value)" } == ["A=1 2 3", "E=", "A=4"])
        #expect(HTTPResponse(head: Array("HTTP/2 200\r\n".utf8), status: 200).status.reasonPhrase == "")
    }
}
