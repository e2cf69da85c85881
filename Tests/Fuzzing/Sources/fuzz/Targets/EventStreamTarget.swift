import OpenAIUsage

/// The parser gives the events that a plain reader of lines gives, and minds no cut.
enum EventStreamTarget: FuzzTarget {
    static let name = "events"

    static func seeds(_ samples: SampleFiles) -> [[UInt8]] {
        samples.streams + ServerSentEventCases.all.map { Array($0.stream.utf8) }
    }

    static func test(_ bytes: [UInt8]) {
        let whole = EventStreamReading(parsing: bytes)
        let plain = EventStreamReading(splitting: bytes)
        Fuzz.check(whole.events == plain.events, "\(whole.events) are not \(plain.events).")
        for cuts in Cuts.of(bytes) {
            let reading = EventStreamReading(parsing: bytes, cuts: cuts)
            Fuzz.check(reading == whole, "\(reading) is not \(whole), cut at \(cuts).")
        }
    }
}
