import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Every scenario leaves the same row on every path.
@Suite(.serialized)
struct ConformanceTests {
    static let scenarios = Scenario.samples + Scenario.faults
    static let combinations = scenarios.flatMap { scenario in
        CallPath.allCases.filter { $0 != .closure && PerPath.isRun(scenario, $0) }.map { (scenario, $0) }
    }

    @Test
    func `The table names scenarios that there are, and there are enough`() {
        let names = Set(Self.scenarios.map(\.name))
        #expect(names.count == Self.scenarios.count && Scenario.faults.count >= 30 && Scenario.samples.count >= 100)
        #expect(PerPath.exclusions.allSatisfy { names.contains($0.scenario) && !$0.reason.isEmpty })
        #expect(PerPath.fields.allSatisfy { $0.scenarios?.isSubset(of: names) != false && !$0.reason.isEmpty })
    }

    @Test(arguments: scenarios)
    func `The reference ends as it should`(scenario: Scenario) async throws {
        let observation = try await Observation(scenario, on: .closure)
        let row = observation.row
        #expect(row.outcome == scenario.outcome, "\(RowText(row).values.sorted { $0.key < $1.key })")
        if let state = scenario.usageState { #expect(row.usageState.rawValue == state) }
    }

    @Test(arguments: combinations)
    func `A path leaves the row of the reference`(scenario: Scenario, path: CallPath) async throws {
        for delivery in scenario.deliveries {
            let reference = try await Observation(scenario, on: .closure, delivery)
            let observation = try await Observation(scenario, on: path, delivery)
            var expected = reference.row
            expected.outcome = PerPath.outcome(expected.outcome, on: path)
            let differences = RowText(observation.row).differences(from: RowText(expected)) {
                PerPath.isLeftOut($0, scenario, path)
            }
            let text = differences.joined(separator: "\n")
            #expect(
                differences.isEmpty,
                "\(delivery.name); the caller saw \(observation.seen.error ?? "no error"):\n\(text)"
            )
            checkWire(observation, scenario, path, delivery)
        }
    }

    /// What the caller got, and what the upstream did.
    private func checkWire(_ observation: Observation, _ scenario: Scenario, _ path: CallPath, _ delivery: Delivery) {
        if let request = observation.progress.request {
            #expect(request.method == scenario.method && request["openai-usage-tags"].isEmpty)
            #expect(request["user-agent"] == ["conformance/1.0"])
        }
        guard let response = scenario.reply.response, scenario.manner == .readsToTheEnd else { return }
        #expect(observation.seen.status == response.status)
        let expected = response.hasNoBody ? [] : response.body
        let isDecoded = path == .urlSession || path == .urlSessionLine
        if isDecoded, response.fields.contains(where: { $0 == ("content-encoding", "gzip") }) { return }
        #expect(observation.seen.bytes == expected, "\(delivery.name): \(observation.seen.bytes.count) bytes")
    }
}
