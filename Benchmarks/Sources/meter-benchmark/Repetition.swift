import OpenAIUsage

/// The same reads given to one exchange a number of times: what it allocates must not depend on the number.
struct Repetition {
    let folder: String
    let count: Int

    func run(_ name: String) {
        let sink = LastRecord()
        switch name {
        case "chat-stream": repeatEvents(of: .chatStream, "chat-stream.sse", sink)
        case "responses-stream": repeatEvents(of: .responsesStream, "responses-stream.sse", sink)
        case "chat": repeatMiddle(of: .chat, "chat.json", sink)
        case "embeddings": repeatMiddle(of: .embeddings, "embeddings-float.json", sink)
        default: stop("There is no \(name).")
        }
        guard let record = sink.record, record.usageState == .reported, record.outcome == .completed else {
            stop("The record is not what the body says.")
        }
        print("\(name) \(count): \(record.usage.totalTokens ?? -1) tokens")
    }

    /// The first 1,000 and the last events of the stream once, and those between them, one a read, again and again.
    private func repeatEvents(of call: Call, _ file: String, _ sink: LastRecord) {
        let reads = Body(contentsOf: "\(folder)/\(file)").eventByEvent.reads
        let exchange = call.exchange(sink)
        exchange.receive(head: call.head)
        for read in reads[..<1_000] { exchange.receive(body: read.span.bytes) }
        let middle = reads[1_000..<2_000]
        var index = middle.startIndex
        for _ in 0..<count {
            exchange.receive(body: middle[index].span.bytes)
            index += 1
            if index == middle.endIndex { index = middle.startIndex }
        }
        for read in reads.suffix(8) { exchange.receive(body: read.span.bytes) }
        exchange.finish(.completed)
    }

    /// The body with one part from its middle given again and again: of a text, or of whole numbers.
    private func repeatMiddle(of call: Call, _ file: String, _ sink: LastRecord) {
        let bytes = Body(contentsOf: "\(folder)/\(file)").bytes
        var start = 20_000
        while bytes[start] != UInt8(ascii: ",") { start += 1 }
        var end = start + 4_000
        while bytes[end] != UInt8(ascii: ",") { end += 1 }
        let part = UnsafeBufferPointer(rebasing: bytes[start..<end])
        let exchange = call.exchange(sink)
        exchange.receive(head: call.head)
        exchange.receive(body: UnsafeBufferPointer(rebasing: bytes[..<start]).span.bytes)
        for _ in 0..<count { exchange.receive(body: part.span.bytes) }
        exchange.receive(body: UnsafeBufferPointer(rebasing: bytes[start...]).span.bytes)
        exchange.finish(.completed)
    }
}
