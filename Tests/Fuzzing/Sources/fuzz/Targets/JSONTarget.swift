import OpenAIUsage

/// The scanner accepts what a plain strict reader accepts, meets what stands there, and minds no cut.
enum JSONTarget: FuzzTarget {
    static let name = "json"
    private static let selection = JSONSelection(JSONReading.root)
    private static let none = JSONSelection(.init())

    static func seeds(_ samples: SampleFiles) -> [[UInt8]] {
        samples.samples.map(\.body) + samples.samples.map(\.requestBody)
            + samples.streams.flatMap { EventStreamReading(splitting: $0).events.map { Array(($0.data ?? "").utf8) } }
            + (JSONGrammarCases.valid + JSONGrammarCases.invalid).map { Array($0.utf8) }
            + JSONGrammarCases.invalidBytes + JSONGrammarCases.tolerated
            + JSONConformanceCases.groups.flatMap { $0.cases.map(\.bytes) }
    }

    static func test(_ bytes: [UInt8]) {
        let verdict = StrictJSON.verdict(bytes)
        let whole = JSONReading(bytes, selection: selection)
        for reading in [whole, JSONReading(bytes, selection: none)] {
            switch verdict {
            case .valid: Fuzz.check(reading.isValid && !reading.isInvalid, "A document was rejected.")
            case .incomplete: Fuzz.check(!reading.isValid && !reading.isInvalid, "A beginning was taken for more.")
            case .invalid: Fuzz.check(!reading.isValid && reading.isInvalid, "What is not a document was accepted.")
            }
        }
        if case .valid(let document) = verdict {
            let expected = JSONReading(of: document, in: bytes, selecting: JSONReading.root)
            Fuzz.check(whole.agrees(with: expected), "\(whole.items) is not \(expected.items).")
        }
        for cuts in Cuts.of(bytes) {
            let reading = JSONReading(bytes, cuts: cuts, selection: selection)
            Fuzz.check(reading == whole, "\(reading) is not \(whole), cut at \(cuts).")
        }
        // A scanner that has another document behind it reads as a new one does.
        var scanner = JSONScanner(selection)
        _ = JSONReading(bytes, scanner: &scanner)
        scanner.reset()
        let again = JSONReading(bytes, scanner: &scanner)
        Fuzz.check(again.isValid == whole.isValid && again.agreesBeyond(whole), "A reset left a trace.")
    }
}

extension JSONReading {
    /// Whether both met the same, whatever was collected before.
    fileprivate func agreesBeyond(_ other: JSONReading) -> Bool {
        items.map(\.event) == other.items.map(\.event) && items.map(\.field) == other.items.map(\.field)
            && items.map(\.text) == other.items.map(\.text) && isInvalid == other.isInvalid
    }
}
