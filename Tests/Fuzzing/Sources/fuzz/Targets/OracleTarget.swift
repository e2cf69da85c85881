@testable import OpenAIUsageGateway

/// What is accepted of a message is what NIO's decoder (llhttp) accepts, and reads alike; the first byte tells the kind.
///
/// The other direction does not hold: this gateway refuses more.
enum OracleTarget: FuzzTarget {
    static let name = "oracle"

    static func seeds(_ samples: SampleFiles) -> [[UInt8]] {
        WireSeeds.messages("requests").map { [0] + $0 } + WireSeeds.messages("responses").map { [1] + $0 }
    }

    static func test(_ bytes: [UInt8]) {
        guard let kind = bytes.first else { return }
        let input = Array(bytes.dropFirst())
        // A tab beside a length or a coding is part of the value there.
        guard !input.contains(Octets.tab) else { return }
        if kind % 2 == 0 {
            guard let message = WireReading.requests(input).messages.first, message.isWhole, message.isKnownToOracle
            else { return }
            check(message, try? OracleReading.request(input))
        } else {
            guard let message = WireReading.responses(input).messages.first, message.isWhole else { return }
            check(message, try? OracleReading.response(input, to: .get))
        }
    }

    private static func check(_ message: WireMessage, _ oracle: OracleReading?) {
        let ours = OracleReading(message)
        Fuzz.check(oracle == ours, "\(ours) is read as \(oracle.map { "\($0)" } ?? "no message").")
    }
}
