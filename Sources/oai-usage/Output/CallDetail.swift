import Foundation
import OpenAIUsage
import OpenAIUsageLedger

/// The details of a call, for support.
struct CallDetail {
    private let record: CallRecord
    private let formerCosts: [FormerCost]
    private let timeZone: TimeZone

    /// Creates the details of a call.
    ///
    /// - Parameters:
    ///   - record: The call.
    ///   - formerCosts: The costs that it had before, the oldest first.
    ///   - timeZone: The time zone in which its start is told, beside UTC.
    init(_ record: CallRecord, formerCosts: [FormerCost] = [], timeZone: TimeZone = .gmt) {
        self.record = record
        self.formerCosts = formerCosts
        self.timeZone = timeZone
    }

    /// The details, one per line, in titled sections.
    var text: String { text(isColored: false) }

    /// Returns the details with what failed in red, and what is not known in full in yellow.
    func text(isColored: Bool) -> String {
        sections.map { title, facts in
            let known = facts.compactMap { name, value in value.map { (name, $0) } }
            guard !known.isEmpty else { return "" }
            let width = known.map { $0.0.utf8.count }.max() ?? 0
            let lines = known.map { name, value in
                let padding = String(repeating: " ", count: width - name.utf8.count)
                return "  \(name)\(padding)  \(style(name, value).text(value, isColored: isColored))"
            }
            return title + "\n" + lines.joined(separator: "\n") + "\n"
        }.joined()
    }

    private func style(_ name: String, _ value: String) -> StyledLine.Style {
        switch name {
        case "error type", "error code": return .red
        case "status" where value.hasPrefix("4") || value.hasPrefix("5"): return .red
        case "outcome": return Table.Style.outcome.style(of: value)
        case "state" where record.usageState.isWithoutUsage: return .yellow
        case "status" where value == record.cost.status.rawValue && record.cost.status.isIncomplete: return .yellow
        case "cost" where value == Self.unknown: return .yellow
        default: return .plain
        }
    }

    private static let unknown = "not known"

    private typealias Fact = (String, String?)

    private var sections: [(String, [Fact])] {
        [
            ("Call \(record.id)", identity), ("Where", place), ("Result", result), ("Usage", usage), ("Cost", cost),
            ("Time", times), ("Rate limits", limits),
        ]
    }

    private var identity: [Fact] {
        [
            ("x-request-id", record.requestID), ("response id", record.responseID),
            ("X-Client-Request-Id", record.clientRequestID), ("cf-ray", record.edgeRequestID),
            ("trace", record.traceID),
            ("operation", record.operationID == record.id.description ? nil : record.operationID),
            ("attempt", String(record.attempt)), ("started at", TimestampText.utc(record.startedAtMicroseconds)),
            ("local time", localTime), ("captured by", record.source.rawValue), ("client", record.client),
        ]
    }

    /// The start in the time zone; `nil` if that is UTC.
    private var localTime: String? {
        let zone = timeZone.reportName
        guard zone != TimeZone.gmt.reportName else { return nil }
        return "\(LocalTimeText(timeZone).text(record.startedAtMicroseconds, .milliseconds)) \(zone)"
    }

    private var place: [Fact] {
        [
            ("request", "\(record.method) \(record.path)"), ("host", record.host), ("endpoint", record.endpoint.name),
            ("organization", record.organization), ("project", record.project),
            ("requested organization", record.requestedOrganization), ("requested project", record.requestedProject),
            ("key", record.key?.description),
            (
                "tags",
                record.tags.isEmpty ? nil : record.tags.pairs.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
            ),
        ]
    }

    private var result: [Fact] {
        [
            ("status", record.status.map { String($0) }), ("outcome", record.outcome.rawValue),
            ("finish", record.finish), ("error type", record.errorType), ("error code", record.errorCode),
            ("retry after", record.retryAfterMilliseconds.map { "\($0)ms" }),
            ("stream", record.isStream ? "yes" : "no"), ("requested model", record.requestModel),
            ("model", record.model), ("requested tier", record.requestedServiceTier),
            ("service tier", record.serviceTier), ("background window", record.backgroundWindow),
        ] + record.requestOptions.sorted { $0.key < $1.key }.map { ($0.key, $0.value.filter { $0 != "\"" }) }
            + record.diagnostics.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private var usage: [Fact] {
        var facts: [Fact] = [
            ("counted", record.isCounted ? nil : "no, since the call only shows what another has used"),
            ("state", record.usageState.rawValue), ("found at", record.usageSource),
        ]
        facts += record.usage.counters.map { ($0.counter.name, NumberFormat.count($0.value)) }
        facts.append(("hidden_output_tokens", record.usage.hiddenOutputTokens.map { NumberFormat.count($0) }))
        facts += record.toolCalls.sorted { $0.key < $1.key }.map { ("\($0.key) calls", NumberFormat.count($0.value)) }
        facts += record.units.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        facts.append(("verbatim", record.rawUsage))
        return facts
    }

    private var cost: [Fact] {
        func dollars(_ picoUSD: Int64?) -> String? { picoUSD.map { "$" + DecimalText.dollars(picoUSD: Int128($0)) } }
        let isUnknown = record.cost.status != .none || record.cost.reason == .missingUsage
        return [
            ("cost", dollars(record.cost.picoUSD) ?? (isUnknown ? Self.unknown : "none")),
            ("at most", dollars(record.cost.upperBoundPicoUSD)),
            ("status", record.cost.status.rawValue),
            ("reason", record.cost.reason.map { "\($0.rawValue) (\($0.sentence))" }),
            ("price book", record.cost.priceVersion), ("provider's figure", record.providerCost.map { "$" + $0 }),
        ] + formerCosts.reversed().map { ("repriced", $0.sentence) }
    }

    private var times: [Fact] {
        func time(_ value: Int64?) -> String? { value.map { NumberFormat.time(microseconds: $0) } }
        return [
            ("duration", time(record.timing.durationMicroseconds)),
            ("to headers", time(record.timing.timeToHeadersMicroseconds)),
            ("to first token", time(record.timing.timeToFirstTokenMicroseconds)),
            ("openai-processing-ms", time(record.timing.processingMicroseconds)),
            ("x-envoy-upstream-service-time", time(record.timing.upstreamServiceMicroseconds)),
            ("gateway", time(record.timing.gatewayMicroseconds)),
        ]
    }

    private var limits: [Fact] {
        (record.rateLimits?.windows ?? []).map { resource, window in
            let remaining = window.remaining.map { NumberFormat.count($0) } ?? "?"
            let limit = window.limit.map { NumberFormat.count($0) } ?? "?"
            let reset =
                window.resetMicroseconds.map {
                    $0 > 0 ? ", full in \(NumberFormat.time(microseconds: $0))" : ", full"
                } ?? ""
            return (resource, "\(remaining) of \(limit) left\(reset)")
        }
    }
}

extension CostStatus {
    /// True if the cost is not known in full.
    fileprivate var isIncomplete: Bool { self == .partial || self == .unpriced }
}
