import NIOCore
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// The steps of bodies, however they are cut.
struct BodyReaderTests {
    /// The sum of the steps of a body.
    struct Reading: Equatable {
        var payload: [UInt8] = []
        var trailers: [UInt8] = []
        var passed: [UInt8] = []
        var end: Int?
        var error: WireError?
    }

    private func read(_ bytes: [UInt8], _ framing: BodyFraming, cuts: [Int] = []) -> Reading {
        var reader = BodyReader(framing)
        var reading = Reading()
        var start = 0
        for cut in cuts + [bytes.count] where cut > start || cuts.isEmpty {
            let piece = Array(bytes[start..<cut])
            var index = 0
            let isOver = piece.withUnsafeBytes { buffer -> Bool in
                while true {
                    let before = index
                    switch reader.next(buffer, from: &index) {
                    case .payload(let range):
                        #expect(range == before..<index && !range.isEmpty)
                        reading.payload += buffer[range]
                        reading.passed += buffer[range]
                    case .framing(let range):
                        #expect(range == before..<index && !range.isEmpty)
                        reading.passed += buffer[range]
                    case .trailers(let range):
                        #expect(range == before..<index && !range.isEmpty)
                        reading.trailers += buffer[range]
                        reading.passed += buffer[range]
                    case .end(let end):
                        #expect(end == index && before == index && reader.isComplete)
                        reading.end = start + end
                        return true
                    case .needsMore:
                        #expect(index == buffer.count, "everything is read")
                        return false
                    case .failed(let error):
                        reading.error = error
                        return true
                    }
                }
            }
            if isOver { break }
            start = cut
        }
        return reading
    }

    static let body =
        "5;a=b\r\nhello\r\n1\r\n \r\n0000A;q=\"\\\"x\"\r\n0123456789\r\n0;last\r\nX-Sum: 1\r\nServer-Timing: total;dur=1\r\n\r\n"

    @Test func aChunkedBodyIsReadAlikeHoweverItIsCut() {
        let bytes = Array((Self.body + "GET /").utf8)
        let whole = read(bytes, .chunked)
        #expect(whole.payload == Array("hello 0123456789".utf8))
        #expect(whole.trailers == Array("X-Sum: 1\r\nServer-Timing: total;dur=1\r\n".utf8))
        #expect(whole.passed == Array(Self.body.utf8))
        #expect(whole.end == Self.body.utf8.count)
        for first in 1..<bytes.count {
            #expect(read(bytes, .chunked, cuts: [first]) == whole)
            for second in stride(from: first + 1, to: bytes.count, by: 3) {
                #expect(read(bytes, .chunked, cuts: [first, second]) == whole)
            }
        }
        #expect(read(bytes, .chunked, cuts: Array(0..<bytes.count)) == whole)
    }

    @Test func noShorterBodyIsWhole() {
        let bytes = Array(Self.body.utf8)
        for count in 0..<bytes.count {
            let reading = read(Array(bytes.prefix(count)), .chunked)
            #expect(reading.end == nil && reading.error == nil)
        }
    }

    @Test(arguments: [BodyFraming.none, .length(0)])
    func aBodyOfNothingIsWholeAtOnce(_ framing: BodyFraming) {
        var reader = BodyReader(framing)
        #expect(reader.isComplete)
        #expect(read(Array("GET /".utf8), framing).end == 0)
        #expect(read([], framing).end == 0)
        let isWhole = reader.close()
        #expect(isWhole)
    }

    @Test func aLengthIsCounted() {
        let whole = read(Array("helloGET /".utf8), .length(5))
        #expect(whole.payload == Array("hello".utf8))
        #expect(whole.end == 5)
        for cut in 1..<10 { #expect(read(Array("helloGET /".utf8), .length(5), cuts: [cut]) == whole) }
        #expect(read(Array("hell".utf8), .length(5)).end == nil)
        #expect(read(Array("hell".utf8), .length(.max)).payload.count == 4)
    }

    @Test func theRestOfALengthIsKnown() {
        var reader = BodyReader(.length(5))
        #expect(reader.remainingLength == 5)
        var index = 0
        let bytes: [UInt8] = [1, 2, 3]
        let step = bytes.withUnsafeBytes { reader.next($0, from: &index) }
        #expect(step == .payload(0..<3))
        #expect(reader.remainingLength == 2)
        #expect(BodyReader(.chunked).remainingLength == nil)
    }

    @Test(arguments: [
        (BodyFraming.untilClose, "abc", true), (.untilClose, "", true), (.length(3), "abc", true),
        (.length(3), "ab", false), (.chunked, "0\r\n\r\n", true), (.chunked, "0\r\n\r", false), (.chunked, "", false),
        (.none, "", true), (.chunked, "zz", false),
    ])
    func aConnectionThatEndsLeavesABodyWholeOrNot(_ framing: BodyFraming, _ text: String, _ expected: Bool) {
        var reader = BodyReader(framing)
        var index = 0
        let bytes = Array(text.utf8)
        bytes.withUnsafeBytes { buffer in
            loop: while true {
                switch reader.next(buffer, from: &index) {
                case .needsMore, .end, .failed: break loop
                default: break
                }
            }
        }
        let isWhole = reader.close()
        #expect(isWhole == expected)
        #expect(reader.isComplete == expected)
    }

    @Test func aFaultIsAtItsByteAndStays() {
        let bytes = Array("3\r\nabc\r\n2;x\0\r\n".utf8)
        var reader = BodyReader(.chunked)
        var index = 0
        let steps = bytes.withUnsafeBytes { buffer in (0..<4).map { _ in reader.next(buffer, from: &index) } }
        let error = WireError(400, "bad_chunked_body", "A chunk extension is malformed.")
        #expect(steps == [.framing(0..<3), .payload(3..<6), .failed(error), .failed(error)])
        #expect(index == 11)
        let isWhole = reader.close()
        #expect(!isWhole)
    }

    @Test func aResponsesFaultIsTheUpstreams() {
        var reader = BodyReader(.chunked, of: .response)
        var index = 0
        let bytes = Array("zz".utf8)
        bytes.withUnsafeBytes { buffer in
            guard case .failed(let error) = reader.next(buffer, from: &index) else {
                Issue.record("no fault")
                return
            }
            #expect(error.status == 502)
            #expect(error.code == "upstream_malformed_response")
        }
    }

    @Test func aReaderIsSmall() {
        #expect(MemoryLayout<BodyReader>.size <= 256)
    }

    /// Bodies made at random are read back, cut at random.
    @Test(arguments: 0..<16)
    func randomBodiesAreReadBack(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            var payload: [UInt8] = []
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let chunk = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                payload += chunk
                let zeros = String(repeating: "0", count: Int.random(in: 0...3, using: &random))
                let extensions = ["", ";a", ";a=b", ";a=\"b;c\\\"\"", ";a;b=c"].randomElement(using: &random) ?? ""
                bytes += Array("\(zeros)\(String(chunk.count, radix: 16, uppercase: Bool.random(using: &random)))".utf8)
                bytes += Array("\(extensions)\r\n".utf8) + chunk + [13, 10]
            }
            let trailers = ["", "X: 1\r\n", "X:\r\nYY-y: a b\t\r\n"].randomElement(using: &random) ?? ""
            bytes += Array("0\r\n\(trailers)\r\n".utf8)
            let end = bytes.count
            bytes += Array("next".utf8)
            let cuts = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                Int.random(in: 1...bytes.count, using: &random)
            }
            let reading = read(bytes, .chunked, cuts: Set(cuts).union([bytes.count]).sorted())
            #expect(
                reading
                    == Reading(
                        payload: payload,
                        trailers: Array(trailers.utf8),
                        passed: Array(bytes.prefix(end)),
                        end: end
                    ),
                "seed \(seed)"
            )
        }
    }
}
