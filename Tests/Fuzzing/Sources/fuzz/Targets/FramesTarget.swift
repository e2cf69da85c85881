@testable import OpenAIUsageGateway

/// Frames of a WebSocket tell the same messages however they are cut.
enum FramesTarget: FuzzTarget {
    static let name = "frames"

    static func seeds(_ samples: SampleFiles) -> [[UInt8]] {
        [
            "\u{81}\u{3}one", "\u{1}\u{1}a\u{80}\u{1}b", "\u{89}\0\u{88}\u{2}\u{3}\u{e8}",
            "\u{81}\u{7e}\0\u{7e}" + String(repeating: "x", count: 126), "\u{81}\u{83}\u{1}\u{2}\u{3}\u{4}abc",
        ].map { Latin1.bytes($0) }
    }

    /// The sum of the steps of frames.
    private struct Frames: Equatable {
        var text: [[UInt8]] = []
        var open: [UInt8]?
        var close: [UInt8] = []
        var closeCode: Int?
        var error: WireError?
    }

    private static func read(_ bytes: [UInt8], _ sender: WebSocketFrameReader.Sender, _ cuts: [Int]) -> Frames {
        var reader = WebSocketFrameReader(from: sender)
        var frames = Frames()
        var start = 0
        for cut in cuts + [bytes.count] where cut > start && frames.error == nil {
            var index = 0
            Array(bytes[start..<cut]).withUnsafeBytes { buffer in
                steps: while true {
                    let before = index
                    switch reader.next(buffer, from: &index) {
                    case .text(let range, let isFirst, let isLast):
                        Fuzz.check(isFirst == (frames.open == nil) && range.upperBound == index, "\(range)")
                        let text = (frames.open ?? []) + buffer[range]
                        if isLast { frames.text.append(text) }
                        frames.open = isLast ? nil : text
                    case .other(let range):
                        Fuzz.check(range == before..<index && !range.isEmpty, "\(range)")
                    case .close(let range, _):
                        frames.close += buffer[range]
                    case .needsMore:
                        Fuzz.check(index == buffer.count, "\(index)")
                        break steps
                    case .failed(let error):
                        frames.error = error
                        break steps
                    }
                }
            }
            start = cut
        }
        frames.closeCode = reader.closeCode
        return frames
    }

    static func test(_ bytes: [UInt8]) {
        for sender in [WebSocketFrameReader.Sender.server, .client] {
            let whole = read(bytes, sender, [])
            for cuts in Cuts.of(bytes) {
                let reading = read(bytes, sender, cuts)
                Fuzz.check(reading == whole, "\(reading) is not \(whole), cut at \(cuts).")
            }
        }
    }
}
