import Foundation
import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// Writes random calls with their costs, for the independent calculation in `Tests/Prices`.
struct PriceSampleTests {
    private static let environment = ProcessInfo.processInfo.environment

    @Test(.enabled(if: environment["OAI_USAGE_PRICE_SAMPLES"] != nil, "Tests/Prices/run says where to write"))
    func `Random calls are written with their costs`() throws {
        let path = try #require(Self.environment["OAI_USAGE_PRICE_SAMPLES"])
        let count = try #require(Int(Self.environment["OAI_USAGE_PRICE_SAMPLE_COUNT"] ?? "10000"))
        let seed = try #require(UInt64(Self.environment["OAI_USAGE_PRICE_SAMPLE_SEED"] ?? "2026"))
        var calls = RandomCalls(seed: seed)
        var lines = ""
        for _ in 0..<count {
            let call = calls.next()
            lines += Self.line(call, PriceBook.bundled.cost(of: call.record)) + "\n"
        }
        try lines.write(toFile: path, atomically: false, encoding: .utf8)
        print("\(count) calls of the seed \(seed)")
    }

    @Test
    func `The calls are of every kind`() {
        var calls = RandomCalls(seed: 1)
        var statuses: [CostStatus: Int] = [:]
        var reasons: Set<String> = []
        for _ in 0..<3000 {
            let cost = PriceBook.bundled.cost(of: calls.next().record)
            statuses[cost.status, default: 0] += 1
            if let reason = cost.reason { reasons.insert(reason.rawValue) }
        }
        for status in CostStatus.allCases { #expect(statuses[status] ?? 0 > 10, "\(status)") }
        let rare: Set<CostReason> = [.outOfRange, .inconsistentUsage, .severalModels]
        for reason in CostReason.known where !rare.contains(reason) {
            #expect(reasons.contains(reason.rawValue), "\(reason)")
        }
    }

    private static func line(_ call: TestCall, _ cost: CallCost) -> String {
        func unquoted(_ literal: String) -> String {
            literal.hasPrefix("\"") ? String(literal.dropFirst().dropLast()) : literal
        }
        let record = call.record
        return JSONDocument.Value.members([
            "model": .text(record.model), "request_model": .text(record.requestModel),
            "service_tier": .text(record.serviceTier), "requested_service_tier": .text(record.requestedServiceTier),
            "endpoint": .string(record.endpoint.name), "is_free": .bool(record.endpoint.family is FreeFamily),
            "host": .string(record.host), "started_at": .integer(record.startedAtMicroseconds),
            "background_window": .text(record.backgroundWindow), "outcome": .string(record.outcome.rawValue),
            "usage_state": .string(record.usageState.rawValue), "status": .integer(record.status),
            "provider_cost": .text(record.providerCost), "request_bytes": .integer(record.requestBytes),
            "max_output_tokens": .integer(record.maximumOutputTokens),
            "request_options": .members(record.requestOptions.map { ($0.key, .string($0.value)) }),
            "diagnostics": .members(record.diagnostics.map { ($0.key, .string($0.value)) }),
            "usage": .members(record.usage.counters.map { ($0.counter.name, .integer($0.value)) }),
            "units": .members(
                record.units.sorted { $0.key < $1.key }.map { ($0.key, .string(unquoted($0.value))) }
            ),
            "tool_calls": .members(
                record.toolCalls.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) }
            ),
            "cost": .members([
                "pico_usd": .text(cost.picoUSD.map { String($0) }), "status": .string(cost.status.rawValue),
                "reason": .text(cost.reason?.rawValue),
                "upper_bound_pico_usd": .text(cost.upperBoundPicoUSD.map { String($0) }),
            ]),
        ]).line
    }
}
