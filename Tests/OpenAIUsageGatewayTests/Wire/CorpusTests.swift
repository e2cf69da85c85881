import Testing

@testable import OpenAIUsageGateway

/// Our own corpus of requests and responses, each read whole, byte by byte and cut at every place.
struct CorpusTests {
    @Test(arguments: CorpusCase.requests)
    func requestsAreReadOrRefused(_ entry: CorpusCase) {
        check(entry) { WireReading.requests(entry.input, cuts: $0) }
    }

    @Test(arguments: CorpusCase.responses)
    func responsesAreReadOrRefused(_ entry: CorpusCase) {
        check(entry) { WireReading.responses(entry.input, cuts: $0, to: entry.method) }
    }

    @Test func theCorpusIsLarge() {
        #expect(CorpusCase.requests.count >= 200)
        #expect(CorpusCase.responses.count >= 80)
        #expect(Set(CorpusCase.requests.map(\.name)).count == CorpusCase.requests.count)
        #expect(Set(CorpusCase.responses.map(\.name)).count == CorpusCase.responses.count)
    }

    private func check(_ entry: CorpusCase, _ read: ([Int]) -> WireReading) {
        let whole = read([])
        expect(entry, whole)
        if entry.input.count <= 1_024 {
            #expect(read(Array(0..<entry.input.count)) == whole, "byte by byte")
            for cut in 1..<max(2, entry.input.count) {
                #expect(read([cut]) == whole, "cut at \(cut)")
            }
        } else {
            for size in [1, 1_000, 4_096, 16_384] {
                #expect(
                    read(Array(stride(from: 0, to: entry.input.count, by: size))) == whole,
                    "in pieces of \(size) bytes"
                )
            }
        }
    }

    private func expect(_ entry: CorpusCase, _ reading: WireReading) {
        switch entry.expectation {
        case .refuse(let status, let code):
            #expect(reading.error?.status == status, "\(reading)")
            #expect(reading.error?.code == code, "\(reading)")
            // What is refused never looks like a whole message.
            #expect(reading.messages.last?.isWhole != true)
        case .incomplete:
            #expect(reading.error == nil)
            #expect(reading.messages.last?.isWhole != true)
        case .accept(let framing, let keepsAlive, let body):
            #expect(reading.error == nil, "\(reading)")
            let message = reading.messages.first
            #expect(message?.framing == framing)
            #expect(message?.keepsAlive == keepsAlive)
            #expect(message?.body == body)
            #expect(message?.isWhole == true)
            let passed = message.map { $0.passed.count } ?? 0
            if reading.messages.count == 1 {
                #expect(reading.unread == entry.rest)
                #expect(entry.input.suffix(passed + entry.rest).prefix(passed) == (message?.passed ?? [])[...])
            }
        }
    }
}
