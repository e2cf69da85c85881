import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// Bodies with a content coding are read as those without, in whatever pieces they come.
struct EncodingTests {
    static let stream: [(name: String, value: String)] = [("content-type", "text/event-stream")]
    static let document = #"{"id":"chatcmpl-1","model":"m-\#u{e9}","usage":{"prompt_tokens":3,"total_tokens":5}}"#
    static let events =
        ExchangeEndingTests.chunk + ExchangeEndingTests.stop + ExchangeEndingTests.usageChunk + ExchangeEndingTests.done

    private static func call(
        _ text: String,
        coding: String?,
        isStream: Bool,
        _ encode: ([UInt8]) -> [UInt8]
    ) -> ObservedCall {
        var call = ObservedCall()
        if isStream { call.fields = stream }
        if let coding { call.fields.append(("content-encoding", coding)) }
        call.body = encode(text.bytes)
        return call
    }

    static let codings: [(coding: String, wrapping: DeflateWriter.Wrapping)] = [
        ("gzip", .gzip), ("x-gzip", .gzip), ("GZip", .gzip), ("deflate", .zlib), ("deflate", .raw), ("Deflate", .zlib),
        ("gzip", .zlib),
    ]

    @Test(arguments: codings, [false, true])
    func `An encoded body is read at every cut`(
        coding: (coding: String, wrapping: DeflateWriter.Wrapping),
        isStream: Bool
    ) throws {
        let text = isStream ? Self.events : Self.document
        let plain = try Self.call(text, coding: nil, isStream: isStream) { $0 }.record().timeless
        #expect(plain.usageState == .reported && plain.outcome == .completed && plain.usage.totalTokens == 5)
        var call = Self.call(text, coding: coding.coding, isStream: isStream) {
            DeflateWriter.encoded($0, as: coding.wrapping)
        }
        #expect(try call.record().timeless == plain)
        call.cuts = Array(0..<call.body.count)
        #expect(try call.record().timeless == plain)
        for cut in 1..<call.body.count {
            call.cuts = [cut]
            guard try call.record().timeless == plain else {
                Issue.record("Cut at \(cut) of \(call.body.count).")
                return
            }
        }
    }

    /// The samples that are not encoded yet.
    static let samples = SampleTests.samples.filter {
        !$0.isSocket && $0.head.headerFields[.contentEncoding] == nil && $0.body.count < 10_000
    }.map(\.bare)

    static let wrappings: [(coding: String, wrapping: DeflateWriter.Wrapping)] = [
        ("gzip", .gzip), ("deflate", .zlib), ("deflate", .raw),
    ]

    @Test(arguments: samples)
    func `A sample is the same encoded, whole, byte by byte, and cut`(sample: Sample) throws {
        let plain = try SampleTests.record(of: sample).timeless
        for (coding, wrapping) in Self.wrappings {
            var encoded = sample
            encoded.head.headerFields[.contentEncoding] = coding
            encoded.body = DeflateWriter.encoded(sample.body, as: wrapping)
            let count = encoded.body.count
            #expect(try SampleTests.record(of: encoded).timeless == plain, "\(wrapping)")
            #expect(try SampleTests.record(of: encoded, cuts: Array(0..<count)).timeless == plain, "\(wrapping)")
            // Short bodies are cut everywhere, longer ones at their ends and some places between.
            let places =
                count < 500
                ? Array(1..<count)
                : Array(1..<16) + Array(stride(from: 16, to: count - 16, by: count / 32)) + Array(count - 16..<count)
            for cut in places where try SampleTests.record(of: encoded, cuts: [cut]).timeless != plain {
                Issue.record("\(wrapping), cut at \(cut) of \(count)")
                return
            }
        }
    }

    // With what is known of plain bodies that are cut anywhere, this is to say that encoded ones may be.
    @Test(arguments: samples)
    func `A sample is decoded to the same bytes wherever it is cut`(sample: Sample) {
        for (_, wrapping) in Self.wrappings {
            let encoded = DeflateWriter.encoded(sample.body, as: wrapping)
            for cut in 1..<encoded.count {
                var inflater = Inflater(wrapping == .gzip ? .gzip : .deflate)
                var decoded: [UInt8] = []
                encoded.withUnsafeBufferPointer { bytes in
                    for piece in [bytes[..<cut], bytes[cut...]] {
                        let isSound = inflater.inflate(UnsafeBufferPointer(rebasing: piece)) {
                            decoded.append(contentsOf: $0)
                        }
                        if !isSound { decoded.removeAll() }
                    }
                }
                guard decoded == sample.body else {
                    Issue.record("\(wrapping), cut at \(cut) of \(encoded.count)")
                    return
                }
            }
        }
    }

    @Test(arguments: [nil, "", "identity", "Identity"])
    func `The absence of a coding is a coding`(coding: String?) throws {
        #expect(try Self.call(Self.document, coding: coding, isStream: false) { $0 }.record().usageState == .reported)
    }

    @Test(arguments: ["br", "zstd", "compress", "gzip, br", "gzip,gzip", "aes128gcm", "*", "gzip;q=1"], [false, true])
    func `What cannot be decoded is unparsable, not missing`(coding: String, isStream: Bool) throws {
        // No text begins so.
        var call = Self.call(isStream ? Self.events : Self.document, coding: coding, isStream: isStream) {
            [0x28, 0xb5, 0x2f, 0xfd] + $0
        }
        let record = try call.record()
        #expect(record.usageState == .unparsable && record.outcome == .completed)
        #expect(record.usage.isEmpty && record.rawUsage == nil && record.responseID == nil)
        #expect(record.isStream == isStream && record.status == 200)
        call.ending = .cut
        #expect(try call.record().outcome == .cut)
        call.status = 500
        #expect(try call.record().usageState == .error)
    }

    @Test(arguments: ["gzip", "deflate", "br", "zstd", "gzip, br"], [false, true])
    func `Plain bytes are read whatever coding they claim`(coding: String, isStream: Bool) throws {
        let text = isStream ? Self.events : Self.document
        let plain = try Self.call(text, coding: nil, isStream: isStream) { $0 }.record().timeless
        var call = Self.call(text, coding: coding, isStream: isStream) { $0 }
        #expect(try call.record().timeless == plain)
        for cut in 0..<call.body.count {
            call.cuts = [cut]
            #expect(try call.record().timeless == plain)
        }
    }

    @Test(arguments: [false, true])
    func `A gzip body without a label is read`(isStream: Bool) throws {
        let text = isStream ? Self.events : Self.document
        let plain = try Self.call(text, coding: nil, isStream: isStream) { $0 }.record().timeless
        var call = Self.call(text, coding: nil, isStream: isStream) { DeflateWriter.encoded($0, as: .gzip) }
        #expect(try call.record().timeless == plain)
        call.cuts = Array(0..<call.body.count)
        #expect(try call.record().timeless == plain)
    }

    static let damages: [(name: String, change: @Sendable ([UInt8]) -> [UInt8])] = [
        ("wrong magic", { [0x1f, 0x8c] + $0.dropFirst(2) }),
        ("unknown method", { $0.prefix(2) + [9] + $0.dropFirst(3) }),
        ("reserved flags", { $0.prefix(3) + [0xe0] + $0.dropFirst(4) }),
        ("reserved block type", { $0.prefix(10) + [0b111] + $0.dropFirst(11) }),
        ("bytes in the middle", { $0.prefix(40) + Array(repeating: 0xff, count: 20) + $0.dropFirst(60) }),
        ("a wrapping in its place", { _ in DeflateWriter.encoded([0x20], as: .raw) }),
    ]

    @Test(arguments: damages.indices)
    func `A broken body is unparsable wherever it is cut`(index: Int) throws {
        let damage = Self.damages[index]
        var call = Self.call(Self.document, coding: "gzip", isStream: false) {
            damage.change(DeflateWriter.encoded($0, as: .gzip))
        }
        let record = try call.record()
        #expect(record.usageState == .unparsable, "\(damage.name)")
        #expect(record.outcome == .completed, "\(damage.name)")
        #expect(record.usage.isEmpty && record.rawUsage == nil)
        for cut in 1..<call.body.count {
            call.cuts = [cut]
            #expect(try call.record().timeless == record.timeless, "\(damage.name), cut at \(cut)")
        }
    }

    @Test
    func `A checksum that is wrong comes behind a document that is whole`() throws {
        var call = Self.call(Self.document, coding: "gzip", isStream: false) {
            var bytes = DeflateWriter.encoded($0, as: .gzip)
            bytes[bytes.count - 8] ^= 0xff
            return bytes
        }
        let record = try call.record()
        #expect(record.usageState == .reported && record.usage.totalTokens == 5)
        call.cuts = Array(0..<call.body.count)
        #expect(try call.record().timeless == record.timeless)
    }

    @Test
    func `A body that is cut inside its coding is cut`() throws {
        var call = Self.call(Self.document, coding: "gzip", isStream: false) {
            DeflateWriter.encoded($0, as: .gzip).dropLast(20)
        }
        let record = try call.record()
        #expect(record.outcome == .cut && record.usageState == .cut && record.usage.isEmpty)
        call.body = Array(call.body.prefix(5))
        #expect(try call.record().usageState != .reported)
        call.body = []
        #expect(try call.record().usageState == .unparsable)
    }

    @Test
    func `A stream that breaks inside its coding keeps what it has told`() throws {
        let encoded = DeflateWriter.encoded(Self.events.bytes, as: .gzip)
        var call = Self.call(Self.events, coding: "gzip", isStream: true) { _ in encoded }
        var lengths: Set<String> = []
        for length in stride(from: 0, through: encoded.count, by: 3) {
            call.body = Array(encoded.prefix(length))
            call.ending = .cut
            let record = try call.record()
            lengths.insert("\(record.outcome.rawValue)/\(record.usageState.rawValue)")
            #expect(record.usage.isEmpty == (record.rawUsage == nil))
        }
        #expect(
            lengths == ["cut/missing", "cut/cut", "cut/reported", "cut/reported_unterminated", "completed/reported"]
        )
    }

    @Test
    func `Several members of gzip are one body, and padding is none`() throws {
        let bytes = Self.document.bytes
        let half = bytes.count / 2
        let members =
            DeflateWriter.encoded(Array(bytes[..<half]), as: .gzip)
            + DeflateWriter.encoded(Array(bytes[half...]), as: .gzip)
        for body in [members, members + [0, 0, 0, 0], DeflateWriter.encoded(bytes, as: .gzip) + [0, 0]] {
            var call = Self.call(Self.document, coding: "gzip", isStream: false) { _ in body }
            let record = try call.record()
            #expect(record.usageState == .reported && record.usage.totalTokens == 5)
            for cut in 1..<body.count {
                call.cuts = [cut]
                #expect(try call.record().timeless == record.timeless, "cut at \(cut)")
            }
        }
    }

    @Test(arguments: DeflateWriter.Wrapping.allCases)
    func `The decoder gives back what was encoded, in pieces within its bound`(wrapping: DeflateWriter.Wrapping) {
        var random = SplitMix64(seed: 0xdef1)
        let content = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let encoded = DeflateWriter.encoded(content, as: wrapping)
        for piece in [1_000, 65_536, encoded.count] {
            var inflater = Inflater(wrapping == .gzip ? .gzip : .deflate)
            var decoded: [UInt8] = []
            for start in stride(from: 0, to: encoded.count, by: piece) {
                let isSound = encoded[start..<min(start + piece, encoded.count)].withUnsafeBufferPointer { bytes in
                    inflater.inflate(bytes) {
                        #expect($0.count <= Inflater.pieceLength)
                        decoded.append(contentsOf: $0)
                    }
                }
                #expect(isSound)
            }
            #expect(decoded == content)
            let isFinished = inflater.isFinished
            #expect(isFinished)
        }
    }

    @Test
    func `No bytes are no damage`() {
        var inflater = Inflater(.deflate)
        let isSound = inflater.inflate(UnsafeBufferPointer(start: nil, count: 0)) { _ in
            Issue.record("There is nothing.")
        }
        let isFinished = inflater.isFinished
        #expect(isSound && !isFinished)
    }

    /// What comes out of a decoder that is fed in pieces, and whether all was sound.
    private static func inflated(_ body: [UInt8], piece: Int) -> (isSound: Bool, length: Int) {
        var inflater = Inflater(.gzip)
        var length = 0
        for start in stride(from: 0, to: body.count, by: piece) {
            let isSound = body[start..<min(start + piece, body.count)].withUnsafeBufferPointer { bytes in
                inflater.inflate(bytes) { length += $0.count }
            }
            if !isSound {
                // What is refused stays refused.
                let before = length
                let isSoundAgain = body[..<20].withUnsafeBufferPointer { bytes in
                    inflater.inflate(bytes) { length += $0.count }
                }
                #expect(!isSoundAgain && length == before)
                return (false, length)
            }
        }
        return (true, length)
    }

    @Test(arguments: [1_000, 1 << 20])
    func `A body that inflates beyond any honest ratio is refused when it has had its due`(piece: Int) {
        // The checksum at the end is wrong, and not reached.
        let bomb = DeflateWriter.repeating(UInt8(ascii: "0"), repetitions: 80_000, isDense: true)
        let free = Int(Inflater.freeLength)
        let refused = Self.inflated(bomb, piece: piece)
        #expect(!refused.isSound)
        #expect(free < refused.length && refused.length <= free + Inflater.pieceLength)
        // Below the free length the ratio does not count, and above it one of 344 is let pass.
        let dense = DeflateWriter.repeating(UInt8(ascii: "0"), repetitions: 60_000, isDense: true).dropLast(8)
        #expect(Self.inflated(Array(dense), piece: piece) == (true, 1 + 60_000 * 1_032))
        let fair = DeflateWriter.repeating(UInt8(ascii: "0"), repetitions: 100_000, isDense: false).dropLast(8)
        #expect(Self.inflated(Array(fair), piece: piece) == (true, 1 + 100_000 * 1_032))
    }

    @Test
    func `A call whose body is a bomb is unparsable`() throws {
        var call = Self.call("", coding: "gzip", isStream: false) { _ in
            DeflateWriter.repeating(UInt8(ascii: " "), repetitions: 100_000, isDense: true)
        }
        call.cuts = Array(stride(from: 8_192, to: call.body.count, by: 8_192))
        let record = try call.record()
        #expect(record.usageState == .unparsable && record.usage.isEmpty && record.outcome == .completed)
    }

    /// A text of 64 MiB in an encoded body of less than half a MiB.
    static func bomb(isStream: Bool) -> [UInt8] {
        let start =
            isStream
            ? #"data: {"choices":[{"delta":{"content":""#
            : #"{"id":"chatcmpl-1","model":"m","choices":[{"message":{"content":""#
        let end =
            isStream
            ? "\"}}]}\n\ndata: {\"choices\":[],\"usage\":{\"total_tokens\":7}}\n\ndata: [DONE]\n\n"
            : #""}}],"usage":{"total_tokens":7}}"#
        // The checksums were computed once with zlib: 64 MiB are too slow for the plain loop of the writer.
        return DeflateWriter.encoded(
            start.bytes,
            UInt8(ascii: "0"),
            repetitions: 64 << 20,
            end.bytes,
            crc32: isStream ? 0xef02_c80a : 0xe3bc_2c16
        )
    }

    static func meterBomb(isStream: Bool) throws {
        var call = ObservedCall()
        call.fields = (isStream ? stream : call.fields) + [("content-encoding", "gzip")]
        call.body = bomb(isStream: isStream)
        #expect(call.body.count < 512 << 10)
        // The first call pays for what is set up once.
        var small = call
        small.body = DeflateWriter.encoded(document.bytes, as: .gzip)
        _ = try small.record()
        let before = try #require(ResidentMemory.bytes)
        var peak = before
        let sink = RecordingSink()
        let exchange = call.exchange(sink: sink)
        exchange.receive(head: ObservedCall.head(200, call.fields))
        ObservedCall.pieces(of: call.body, cuts: Array(stride(from: 8_192, to: call.body.count, by: 8_192))) {
            exchange.receive(body: $0.span.bytes)
            peak = max(peak, ResidentMemory.bytes ?? 0)
        }
        exchange.finish(.completed)
        let record = try #require(sink.records.first)
        #expect(record.usageState == .reported && record.usage.totalTokens == 7)
        #expect(record.outcome == .completed)
        #expect(peak - before < 32 << 20, "grew by \((peak - before) >> 20) MiB")
    }

    #if os(Linux)
    // In a process of its own, because other tests use memory at the same time.
    @Test
    func `A document that inflates without measure is metered in constant memory`() async {
        await #expect(processExitsWith: .success) { try EncodingTests.meterBomb(isStream: false) }
    }

    @Test
    func `A stream that inflates without measure is metered in constant memory`() async {
        await #expect(processExitsWith: .success) { try EncodingTests.meterBomb(isStream: true) }
    }
    #endif
}
