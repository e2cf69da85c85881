import OpenAIUsage

/// How many bytes a second the meter reads.
struct Throughput {
    let folder: String
    /// Only what has this in its name is measured.
    let filter: String
    let samples: Int
    let printsRows: Bool

    private func file(_ name: String) -> String { "\(folder)/\(name)" }

    func run() {
        if !printsRows { print(Measurement.header) }
        responses()
        requests()
        parts()
    }

    private func measure(_ name: String, bytes: Int, events: Int = 0, _ run: () -> Void) {
        let measurement = Measurement(name, bytes: bytes, events: events, samples: samples, run)
        print(printsRows ? measurement.row : measurement.line)
    }

    private func isWanted(_ name: String) -> Bool { filter.isEmpty || name.contains(filter) }

    private func responses() {
        let sink = LastRecord()
        let streams: [(name: String, file: String, call: Call)] = [
            ("chat stream", "chat-stream.sse", .chatStream),
            ("responses stream", "responses-stream.sse", .responsesStream),
        ]
        for (name, file, call) in streams {
            let body = Body(contentsOf: self.file(file))
            let single = body.eventByEvent
            for (name, body) in [("\(name), 16 KiB reads", body), ("\(name), one event a read", single)]
            where isWanted(name) {
                measure(name, bytes: body.bytes.count, events: single.reads.count) { call.meter(response: body, sink) }
                expect(sink.record?.usageState == .reported && sink.record?.outcome == .completed, name)
            }
        }
        if isWanted("chat stream, gzip") {
            let body = Body(contentsOf: file("chat-stream.sse.gz"))
            let plain = Body(contentsOf: file("chat-stream.sse"))
            measure("chat stream, gzip", bytes: plain.bytes.count, events: plain.eventByEvent.reads.count) {
                Call.zippedChatStream.meter(response: body, sink)
            }
            expect(sink.record?.usageState == .reported, "gzip")
        }
        let bodies: [(name: String, file: String, call: Call)] = [
            ("chat body", "chat.json", .chat), ("chat body, two quotes in 70 bytes", "chat-quoted.json", .chat),
            ("embeddings body, base64", "embeddings-base64.json", .embeddings),
            ("embeddings body, numbers", "embeddings-float.json", .embeddings),
            ("embeddings body, numbers, indented", "embeddings-float-indented.json", .embeddings),
            ("image body, base64", "image.json", .images),
        ]
        for (name, file, call) in bodies where isWanted(name) {
            let body = Body(contentsOf: self.file(file))
            measure(name, bytes: body.bytes.count) { call.meter(response: body, sink) }
            expect(sink.record?.usageState == .reported && sink.record?.outcome == .completed, name)
        }
    }

    private func requests() {
        let sink = LastRecord()
        if isWanted("chat request") {
            let body = Body(contentsOf: file("chat-request.json"))
            measure("chat request, long messages", bytes: body.bytes.count) { Call.chat.meter(request: body, sink) }
            expect(sink.record?.requestModel == "gpt-4o-mini", "chat request")
        }
        if isWanted("transcription form") {
            let body = Body(contentsOf: file("transcription-form"))
            measure("transcription form, 25 MB file", bytes: body.bytes.count) {
                Call.transcription.meter(request: body, sink)
            }
            expect(sink.record?.requestModel == "gpt-4o-transcribe", "transcription form")
        }
    }

    /// The parser and the scanner alone.
    private func parts() {
        for (name, file) in [("chat", "chat-stream.sse"), ("responses", "responses-stream.sse")] {
            let body = Body(contentsOf: self.file(file))
            let events = body.eventByEvent.reads.count
            if isWanted("event stream parser alone, \(name)") {
                var dispatched = 0
                measure("event stream parser alone, \(name)", bytes: body.bytes.count, events: events) {
                    var parser = ServerSentEventParser()
                    dispatched = 0
                    for read in body.reads {
                        var position = 0
                        parsing: while true {
                            switch parser.next(in: read, at: &position) {
                            case .exhausted: break parsing
                            case .dispatch: dispatched += 1
                            default: break
                            }
                        }
                    }
                }
                expect(dispatched == events, "parser")
            }
        }
        let selection = JSONSelection(.init(members: [("usage", .init(field: 1, isVerbatim: true))]))
        let bodies = [
            ("chat body", "chat.json"), ("numbers", "embeddings-float.json"),
            ("numbers, indented", "embeddings-float-indented.json"), ("chat request", "chat-request.json"),
        ]
        for (name, file) in bodies where isWanted("JSON scanner alone, \(name)") {
            let body = Body(contentsOf: self.file(file))
            var isComplete = false
            measure("JSON scanner alone, \(name)", bytes: body.bytes.count) {
                var scanner = JSONScanner(selection)
                for read in body.reads { Self.scan(read, &scanner) }
                isComplete = scanner.isComplete
            }
            expect(isComplete, name)
        }
        if isWanted("JSON scanner alone, chat events") {
            let events = Body(contentsOf: file("chat-stream.sse")).eventByEvent.reads.dropLast()
                .map { UnsafeBufferPointer(rebasing: $0[6..<$0.count - 2]) }
            var isComplete = true
            let bytes = events.reduce(0) { $0 + $1.count }
            measure("JSON scanner alone, chat events", bytes: bytes, events: events.count) {
                var scanner = JSONScanner(selection)
                for event in events {
                    scanner.reset()
                    Self.scan(event, &scanner)
                    isComplete = isComplete && scanner.isComplete
                }
            }
            expect(isComplete, "chat events")
        }
    }

    private static func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ scanner: inout JSONScanner) {
        var position = 0
        while true {
            let event = scanner.next(in: bytes, at: &position)
            if event == .exhausted || event == .invalid { return }
        }
    }

    /// A figure of something that went wrong says nothing.
    private func expect(_ condition: Bool, _ name: String) {
        if !condition { stop("\(name): the record is not what the body says.") }
    }
}
