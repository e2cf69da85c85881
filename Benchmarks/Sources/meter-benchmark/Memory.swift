import OpenAIUsage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What metering holds, whatever the size.
struct Memory {
    let folder: String

    func run() {
        stream(length: 1_000_000_000)
        event(length: 100_000_000)
    }

    /// A chat stream of a gigabyte, made of the events of the file.
    private func stream(length: Int) {
        let sink = LastRecord()
        let body = Body(contentsOf: "\(folder)/chat-stream.sse")
        let events = body.eventByEvent.reads
        // All but the start, the finish, the usage and the end marker.
        let last = events[events.count - 3]
        guard let base = body.bytes.baseAddress, let end = last.baseAddress else { return }
        let middle = Body(
            UnsafeBufferPointer(rebasing: body.bytes[events[0].count..<(end - base)]),
            readLength: Body.readLength
        )
        let exchange = Call.chatStream.exchange(sink)
        exchange.receive(head: Call.chatStream.head)
        exchange.receive(body: events[0].span.bytes)
        var report = Report("chat stream of \(length / 1_000_000) MB", length)
        while report.fed < length {
            for read in middle.reads where report.fed < length {
                exchange.receive(body: read.span.bytes)
                report.add(read.count)
            }
        }
        // Ends the event that the length has cut.
        exchange.receive(body: Array("\n\n".utf8).span.bytes)
        for event in events.suffix(3) { exchange.receive(body: event.span.bytes) }
        exchange.finish(.completed)
        report.end(sink)
    }

    /// One event whose text is as long.
    private func event(length: Int) {
        let sink = LastRecord()
        let exchange = Call.chatStream.exchange(sink)
        exchange.receive(head: Call.chatStream.head)
        let text = Array(repeating: "The quick brown fox \\\"jumps\\\" over it.\\n", count: 400).joined().utf8
        let read = Array(text)
        var report = Report("one event of \(length / 1_000_000) MB", length)
        exchange.receive(body: Array(#"data: {"id":"chatcmpl-1","choices":[{"delta":{"content":""#.utf8).span.bytes)
        while report.fed < length {
            exchange.receive(body: read.span.bytes)
            report.add(read.count)
        }
        let usage = #""}}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#
        exchange.receive(body: Array("\(usage)\n\ndata: [DONE]\n\n".utf8).span.bytes)
        exchange.finish(.completed)
        report.end(sink)
    }

    /// The resident memory as it is fed.
    private struct Report {
        let name: String
        let length: Int
        var fed = 0
        private var marks: [Int]
        private var readings: [String] = []
        private var first = 0

        init(_ name: String, _ length: Int) {
            self.name = name
            self.length = length
            marks = [10, 50, 100].map { length / 100 * $0 }
        }

        mutating func add(_ count: Int) {
            fed += count
            while let mark = marks.first, fed >= mark {
                marks.removeFirst()
                let resident = Memory.resident
                if readings.isEmpty { first = resident }
                readings.append("\(mark / (length / 100))%: \(resident / 1_024) KiB")
                if resident > first + 1 << 20 { stop("\(name): the memory grows: \(readings)") }
            }
        }

        func end(_ sink: LastRecord) {
            guard let record = sink.record, record.usageState == .reported, record.outcome == .completed else {
                stop("\(name): the record is not what the body says.")
            }
            print("\(Measurement.padded(name, 28)) resident at \(readings.joined(separator: ", "))")
        }
    }

    /// The resident bytes of this process.
    static var resident: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
            * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
