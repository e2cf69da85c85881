import Testing

@testable import OpenAIUsage

/// What becomes of a response whose labels and bytes agree, or do not.
struct IncludeUsageResponseTests {
    private static let stream =
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n"
        + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\ndata: [DONE]\n\n"
    private static let stripped = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n"
    /// The stream with gzip, made by zlib.
    private static let coded: [UInt8] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
    ]

    private struct Result: Equatable {
        var mode: IncludeUsageResponse.Mode
        var output: String
    }

    private func run(
        _ bytes: [UInt8],
        type: String?,
        coding: String? = nil,
        pieces: Int,
        pausing: Bool = false
    ) -> Result {
        var transformer = IncludeUsageResponse(
            status: 200,
            contentType: type,
            contentEncoding: coding,
            hasLength: false,
            isBodiless: false
        )
        var output: [UInt8] = []
        if pausing { transformer.pause() }
        var rest = bytes[...]
        while !rest.isEmpty {
            Array(rest.prefix(pieces)).withUnsafeBufferPointer { transformer.receive($0, into: &output) }
            rest = rest.dropFirst(pieces)
        }
        transformer.finish(into: &output)
        return Result(mode: transformer.mode, output: String(decoding: output, as: UTF8.self))
    }

    @Test(arguments: [
        "text/event-stream", "application/json", nil, "text/plain", "application/octet-stream", "application/x-ndjson",
    ])
    func `Events are stripped under every label that may hide them`(type: String?) {
        for pieces in [1, 5, 1_000] {
            let result = run(Array(Self.stream.utf8), type: type, pieces: pieces)
            #expect(result == Result(mode: .stripping, output: Self.stripped), "\(type ?? "-") in pieces of \(pieces)")
        }
    }

    @Test(arguments: ["text/event-stream", "application/json", nil, "image/png"])
    func `A document passes under every label`(type: String?) {
        for pieces in [1, 1_000] {
            let result = run(Array(#" {"choices":[],"usage":null}"#.utf8), type: type, pieces: pieces)
            #expect(result == Result(mode: .passing, output: ""))
        }
    }

    @Test
    func `A head that has left does not change what is stripped and what is not`() {
        for pieces in [1, 1_000] {
            let events = run(Array(Self.stream.utf8), type: "text/event-stream", pieces: pieces, pausing: true)
            #expect(events == Result(mode: .stripping, output: Self.stripped))
            let document = #"{"choices":[],"usage":null}"#
            let passed = run(Array(document.utf8), type: "text/event-stream", pieces: pieces, pausing: true)
            #expect(passed.output == document)
            #expect(run([0x64], type: "text/event-stream", pieces: 1, pausing: true).output == "d")
        }
    }

    @Test
    func `A head does not leave early where the labels may be wrong about the length or the coding`() {
        for (type, coding, hasLength) in [
            ("application/json", nil, false), ("text/event-stream", "gzip", false), ("text/event-stream", nil, true),
        ] as [(String, String?, Bool)] {
            var transformer = IncludeUsageResponse(
                status: 200,
                contentType: type,
                contentEncoding: coding,
                hasLength: hasLength,
                isBodiless: false
            )
            transformer.pause()
            #expect(transformer.mode == .inspecting)
            // A length does not hold a stream's head up for long.
            transformer.pause(isLate: true)
            #expect(transformer.mode == (hasLength ? .stripping : .inspecting))
        }
    }

    @Test
    func `Plain bytes that claim to be encoded pass as they came`() {
        for (coding, pieces) in [("gzip", 1), ("gzip", 1_000), ("x-gzip", 7)] {
            let result = run(Array(Self.stream.utf8), type: "text/event-stream", coding: coding, pieces: pieces)
            #expect(result == Result(mode: .passing, output: ""), "\(coding) in pieces of \(pieces)")
        }
    }

    @Test
    func `An encoded body that has only a head of its coding passes as it came`() {
        #expect(
            run(Self.coded, type: "text/event-stream", coding: "gzip", pieces: 3) == Result(mode: .passing, output: "")
        )
    }

    @Test(arguments: ["text/event-stream", "application/json", nil])
    func `An empty body passes with the head that it has`(type: String?) {
        #expect(run([], type: type, pieces: 1) == Result(mode: .passing, output: ""))
        #expect(run([], type: type, coding: "gzip", pieces: 1) == Result(mode: .passing, output: ""))
    }

    @Test
    func `A long stream of comments is not held`() {
        let comments = String(repeating: ": wait\n\n", count: 20)
        for pieces in [1, 8, 1_000] {
            var transformer = IncludeUsageResponse(
                status: 200,
                contentType: nil,
                contentEncoding: nil,
                hasLength: false,
                isBodiless: false
            )
            var output: [UInt8] = []
            var rest = Array(comments.utf8)[...]
            while !rest.isEmpty, transformer.mode == .inspecting {
                Array(rest.prefix(pieces)).withUnsafeBufferPointer { transformer.receive($0, into: &output) }
                rest = rest.dropFirst(pieces)
            }
            #expect(transformer.mode == .stripping && rest.count >= comments.utf8.count - 1_000)
        }
    }
}
