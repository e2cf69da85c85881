import NIOCore

@testable import OpenAIUsageGateway

/// Responses are read alike however they are cut, and what is passed on is read as it was meant.
enum ResponsesTarget: FuzzTarget {
    static let name = "responses"

    static func seeds(_ samples: SampleFiles) -> [[UInt8]] { WireSeeds.messages("responses") }

    static func test(_ bytes: [UInt8]) {
        let limits = RequestsTarget.limits(bytes)
        for method in [RequestMethod.get, .head] {
            let whole = WireReading.responses(bytes, to: method, limits: limits)
            for cuts in Cuts.of(bytes) {
                let reading = WireReading.responses(bytes, cuts: cuts, to: method, limits: limits)
                Fuzz.check(reading == whole, "\(reading) is not \(whole), cut at \(cuts).")
            }
            var parser = ResponseParser(limits: limits)
            var buffer = ByteBuffer(bytes: bytes)
            guard case .head(let head) = parser.parse(&buffer, answering: method), let message = whole.messages.first,
                whole.error == nil || whole.messages.count > 1
            else { continue }
            var output = ByteBuffer()
            HeadWriter.write(head, into: &output)
            let again = WireReading.responses(Array(output.readableBytesView) + message.passed, to: method)
            Fuzz.check(
                again.error == nil && again.messages.count == 1 && again.unread == 0,
                "\(again) is not one message."
            )
            guard let written = again.messages.first else { return }
            Fuzz.check(written.framing == message.framing, "\(written) is framed otherwise than \(message).")
            Fuzz.check(
                written.body == message.body && written.isWhole == message.isWhole,
                "\(written) is not \(message)."
            )
            Fuzz.check(written.startLine.dropFirst() == message.startLine.dropFirst(), "\(written) is not \(message).")
        }
    }
}
