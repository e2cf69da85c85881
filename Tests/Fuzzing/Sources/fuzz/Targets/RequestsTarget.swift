import NIOCore

@testable import OpenAIUsageGateway

/// Requests are read alike however they are cut, and what is passed on is read as it was meant.
enum RequestsTarget: FuzzTarget {
    static let name = "requests"

    static func seeds(_ samples: SampleFiles) -> [[UInt8]] { WireSeeds.messages("requests") }

    /// Small limits for some of the inputs, told by their size.
    static func limits(_ bytes: [UInt8]) -> HeadLimits {
        bytes.count % 4 == 0 ? HeadLimits(bytes: 256, targetBytes: 32, fields: 6) : HeadLimits()
    }

    static func test(_ bytes: [UInt8]) {
        let limits = Self.limits(bytes)
        let whole = WireReading.requests(bytes, limits: limits)
        for cuts in Cuts.of(bytes) {
            let reading = WireReading.requests(bytes, cuts: cuts, limits: limits)
            Fuzz.check(reading == whole, "\(reading) is not \(whole), cut at \(cuts).")
        }
        var parser = RequestParser(limits: limits)
        var buffer = ByteBuffer(bytes: bytes)
        guard case .head(let head) = parser.parse(&buffer), let message = whole.messages.first else { return }
        // What is passed on is read as it was meant, and as one message.
        var rewrite = RequestRewrite()
        rewrite.passesUpgrade = true
        var output = ByteBuffer()
        HeadWriter.write(head, to: RequestRoute(authority: "a", prefix: "/p"), rewrite, into: &output)
        let again = WireReading.requests(Array(output.readableBytesView) + message.passed)
        Fuzz.check(again.error == whole.error || whole.messages.count > 1 || again.error == nil, "\(again)")
        guard whole.error == nil || whole.messages.count > 1 else { return }
        Fuzz.check(again.messages.count == 1 && again.unread == 0, "\(again) is not one message.")
        guard let written = again.messages.first else { return }
        Fuzz.check(written.framing == message.framing, "\(written) is framed otherwise than \(message).")
        Fuzz.check(written.body == message.body && written.isWhole == message.isWhole, "\(written) is not \(message).")
        Fuzz.check(written.startLine.first == message.startLine.first && written.startLine.last == "1.1", "\(written)")
        Fuzz.check(
            head.line.isAsterisk || written.path == "/p" + message.path,
            "\(written) goes elsewhere than \(message)."
        )
        Fuzz.check(written.fields.filter { $0.lowercased().hasPrefix("host:") } == ["Host: a"], "\(written)")
    }
}
