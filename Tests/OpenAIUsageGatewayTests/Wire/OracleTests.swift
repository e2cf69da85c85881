import NIOCore
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// NIO's decoder (llhttp) beside ours: what we accept it must accept too, and read alike.
struct OracleTests {
    static let rounds = 2_000

    /// Requests that are well-formed, and that llhttp refuses or NIO tells otherwise: methods are a list there, `M-SEARCH`
    /// loses its hyphen, and a tab beside a length or a coding is part of the value.
    static let unknownToOracle: Set<String> = [
        "method QUERY", "method in lower case", "method with every mark of a token", "method of 32 bytes",
        "Trace is another method", "method M-SEARCH", "blanks around a length", "blanks around chunked",
    ]

    @Test(arguments: CorpusCase.requests.filter { $0.isAccepted && !unknownToOracle.contains($0.name) })
    func requestsAreReadAlike(_ entry: CorpusCase) throws {
        let message = try #require(WireReading.requests(entry.input).messages.first)
        #expect(try OracleReading.request(entry.input) == OracleReading(message))
    }

    @Test(arguments: CorpusCase.responses.filter(\.isAccepted))
    func responsesAreReadAlike(_ entry: CorpusCase) throws {
        let message = try #require(WireReading.responses(entry.input, to: entry.method).messages.first)
        #expect(try OracleReading.response(entry.input, to: entry.method) == OracleReading(message))
    }

    /// A request that was changed at random and that is still accepted is one that llhttp accepts.
    ///
    /// The other direction does not hold: we are stricter.
    @Test(arguments: 0..<8)
    func changedRequestsAreReadAlike(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let inputs = CorpusCase.requests.filter { $0.input.count < 512 && $0.input.count > 20 }.map(\.input)
        var accepted = 0
        for _ in 0..<Self.rounds {
            let input = Mutation.change(inputs.randomElement(using: &random) ?? [], &random)
            let reading = WireReading.requests(input)
            guard let message = reading.messages.first, message.isWhole, message.isKnownToOracle,
                !input.contains(Octets.tab)
            else { continue }
            accepted += 1
            let oracle = try? OracleReading.request(input)
            #expect(oracle == OracleReading(message), "seed \(seed): \(Latin1.text(input).debugDescription)")
        }
        #expect(accepted > 100)
    }

    @Test(arguments: 0..<8)
    func changedResponsesAreReadAlike(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let inputs = CorpusCase.responses.filter { $0.input.count < 512 && $0.input.count > 20 }.map(\.input)
        var accepted = 0
        for _ in 0..<Self.rounds {
            let input = Mutation.change(inputs.randomElement(using: &random) ?? [], &random)
            guard let message = WireReading.responses(input).messages.first, message.isWhole,
                !input.contains(Octets.tab)
            else { continue }
            accepted += 1
            let oracle = try? OracleReading.response(input, to: .get)
            #expect(oracle == OracleReading(message), "seed \(seed): \(Latin1.text(input).debugDescription)")
        }
        #expect(accepted > 100)
    }
}

extension CorpusCase {
    var isAccepted: Bool {
        if case .accept = expectation { true } else { false }
    }
}
