import OpenAIUsage

/// The events of a stream, as strings.
struct EventStreamReading: Equatable {
    struct Event: Equatable, CustomStringConvertible {
        var name = ""
        var data: String?

        var description: String { "(\(name.debugDescription), \(data?.debugDescription ?? "no data"))" }
    }

    /// The events that a blank line has ended, those without data left out.
    var events: [Event] = []
    /// What stands behind the last blank line.
    var rest = Event()
    /// Whether the stream ends inside a line.
    var isInsideLine = false

    /// Reads with the parser, the stream cut at the given positions.
    init(parsing bytes: [UInt8], cuts: [Int] = []) {
        var parser = ServerSentEventParser()
        var name: [UInt8] = []
        var data: [UInt8]?
        func event() -> Event {
            Event(name: String(decoding: name, as: UTF8.self), data: data.map { String(decoding: $0, as: UTF8.self) })
        }
        var start = 0
        for cut in cuts + [bytes.count] where cut > start && cut <= bytes.count {
            // A copy, so that a sanitizer knows where the piece ends.
            Array(bytes[start..<cut]).withUnsafeBufferPointer { buffer in
                var position = 0
                scanning: while true {
                    switch parser.next(in: buffer, at: &position) {
                    case .exhausted: break scanning
                    case .dataLine: data = data.map { $0 + [0x0a] } ?? []
                    case .data(let range): data?.append(contentsOf: buffer[range])
                    case .nameLine: name = []
                    case .errorLine, .error: break
                    case .name(let range): name.append(contentsOf: buffer[range])
                    case .dispatch:
                        if data != nil { events.append(event()) }
                        name = []
                        data = nil
                    }
                }
            }
            start = cut
        }
        rest = event()
        isInsideLine = parser.isInsideLine
    }

    /// Reads the plain way: the whole stream is split into lines, each line at its first colon.
    init(splitting bytes: [UInt8]) {
        var bytes = bytes[...]
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = bytes.dropFirst(3) }
        var lines: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        var index = start
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            guard byte == 0x0a || byte == 0x0d else { continue }
            lines.append(bytes[start..<index - 1])
            if byte == 0x0d, index < bytes.endIndex, bytes[index] == 0x0a { index += 1 }
            start = index
        }
        var name: [UInt8] = []
        var data: [[UInt8]] = []
        func event() -> Event {
            Event(
                name: String(decoding: name, as: UTF8.self),
                data: data.isEmpty ? nil : String(decoding: Array(data.joined(separator: [0x0a])), as: UTF8.self)
            )
        }
        for line in lines {
            if line.isEmpty {
                if !data.isEmpty { events.append(event()) }
                name = []
                data = []
                continue
            }
            let field = line.prefix { $0 != 0x3a }
            var value = line.dropFirst(field.count + 1)
            if value.first == 0x20 { value = value.dropFirst() }
            if field.elementsEqual("data".utf8) { data.append(Array(value)) }
            if field.elementsEqual("event".utf8) { name = Array(value) }
        }
        rest = event()
    }
}
