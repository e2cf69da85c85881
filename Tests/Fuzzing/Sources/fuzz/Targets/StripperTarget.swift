@testable import OpenAIUsage

/// What `include_usage` has put into a stream is taken out, and not a byte beside it.
enum StripperTarget: FuzzTarget {
    static let name = "stripper"

    static func seeds(_ samples: SampleFiles) -> [[UInt8]] {
        let extra = #"{"choices":[],"usage":{"total_tokens":3}}"#
        return samples.streams
            + [
                #"{"usage":null}"#, #"{ "a" : [1] , "usage" : null , "b" : 2 }"#, #"{"usage":null,"a":1,"usage":null}"#,
                #"{"us\u0061ge":null,"choices":[{"usage":null}]}"#, extra, "{\"choices\":[],\ndata: \"usage\":{}}",
                "{\ndata:   \"choices\": [1],\n: x\ndata:   \"usage\": null\ndata: }", "\(extra)\n\ndata: \(extra)",
            ].map { Array(": c\ndata: \($0)\n\ndata: x\r\n\r\n".utf8) }
    }

    private static func stripped(_ bytes: [UInt8], cuts: [Int] = [], maximum: Int? = nil) -> [UInt8] {
        var stripper = maximum.map { UsageStripper(maximumHeldLength: $0) } ?? UsageStripper()
        var output: [UInt8] = []
        Cuts.pieces(of: bytes, cuts) { stripper.strip($0, into: &output) }
        stripper.finish(into: &output)
        Fuzz.check(stripper.isChanged == (output != bytes), "Whether anything was taken out was not told.")
        return output
    }

    static func test(_ bytes: [UInt8]) {
        let output = stripped(bytes)
        // With a small bound, long events take the way of those that are not held.
        let short = stripped(bytes, maximum: 0)
        for cuts in Cuts.of(bytes) {
            Fuzz.check(stripped(bytes, cuts: cuts) == output, "Cut at \(cuts), the result is another.")
            Fuzz.check(stripped(bytes, cuts: cuts, maximum: 0) == short, "Cut at \(cuts), a long event differs.")
        }
        Fuzz.check(isPart(output, of: bytes) && isPart(short, of: bytes), "Bytes were added.")
        // The mark of a stream that follows a first event that was taken out would become the stream's own.
        guard !contains(bytes.dropFirst(), [0xef, 0xbb, 0xbf]) else { return }
        compare(EventStreamReading(parsing: bytes), EventStreamReading(parsing: output), bytes == output)
    }

    private static func compare(_ before: EventStreamReading, _ after: EventStreamReading, _ isSame: Bool) {
        var rest = after.events[...]
        var changes = 0
        for event in before.events {
            let data = Array((event.data ?? "").utf8)
            let document = StrictJSON(data)
            if let document, isExtra(document) {
                changes += 1
                continue
            }
            guard let next = rest.popFirst() else { fatalError("An event is lost: \(event).") }
            Fuzz.check(next.name == event.name, "\(next) is not \(event).")
            let left = Array((next.data ?? "").utf8)
            guard left != data else {
                Fuzz.check(!isStrippable(document, data), "A usage was left in \(event).")
                continue
            }
            changes += 1
            if let document {
                Fuzz.check(StrictJSON(left) == withoutUsage(document), "\(next) is not what is left of \(event).")
            } else {
                Fuzz.check(isPart(left, of: data), "\(next) is not a part of \(event).")
            }
        }
        Fuzz.check(rest.isEmpty, "There are events that were not: \(rest).")
        // Behind the last blank line stands a part of an event, which may be an extra chunk.
        if changes == 0, before.rest.data.map({ !contains(Array($0.utf8)[...], Array("{".utf8)) }) ?? true {
            Fuzz.check(isSame, "Bytes were taken out of a stream that has none to take.")
        }
    }

    private static func isExtra(_ document: StrictJSON) -> Bool {
        guard case .array(let choices)? = document["choices"]?.value, choices.isEmpty else { return false }
        return document["usage"]?.members != nil
    }

    private static func isNullUsage(_ member: StrictJSON.Member) -> Bool {
        member.name.elementsEqual("usage".utf8) && member.value.value == .null
    }

    private static func withoutUsage(_ document: StrictJSON) -> StrictJSON? {
        document.members.map { StrictJSON(.object($0.filter { !isNullUsage($0) })) }
    }

    /// Whether there is a usage to take out, and nothing so long about it that it may stay.
    private static func isStrippable(_ document: StrictJSON?, _ data: [UInt8]) -> Bool {
        guard document?.members?.contains(where: isNullUsage) ?? false else { return false }
        return data.count < 60
    }

    private static func isPart(_ part: [UInt8], of bytes: [UInt8]) -> Bool {
        var rest = part[...]
        for byte in bytes where byte == rest.first { rest = rest.dropFirst() }
        return rest.isEmpty
    }

    private static func contains(_ bytes: ArraySlice<UInt8>, _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }
}
