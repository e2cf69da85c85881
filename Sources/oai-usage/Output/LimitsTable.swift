import OpenAIUsage
import OpenAIUsageLedger

/// The headroom of a rate limit at a time.
struct LimitHeadroom {
    /// The calls and tokens of the span that a rate is taken over.
    struct Rate: Equatable {
        var calls: Int64 = 0
        var tokens: Int128 = 0
    }

    /// The span over which rates are measured, in microseconds.
    static let span: Int64 = 300_000_000

    var resource: String
    var window: RateLimits.Window
    /// The amount that is left: as told, or all of it after the reset.
    var remaining: Int64?
    /// The time until the window is whole again, in microseconds; 0 after the reset, `nil` if unknown.
    var resetIn: Int64?
    /// The amounts that were used in ``span``; `nil` for a resource that the ledger does not count.
    var used: Int128?

    /// Creates the headroom.
    ///
    /// - Parameters:
    ///   - resource: The name of the window (`requests`, `tokens`, `project-tokens`).
    ///   - window: The window as it was told.
    ///   - age: The age of the reading in microseconds.
    ///   - rate: What the calls of the project and model used in ``span``; `nil` for none.
    init(_ resource: String, _ window: RateLimits.Window, age: Int64, _ rate: Rate?) {
        (self.resource, self.window) = (resource, window)
        resetIn = window.resetMicroseconds.map { max(0, $0 - max(0, age)) }
        remaining = isReset ? window.limit ?? window.remaining : window.remaining
        if resource.contains("token") {
            used = rate?.tokens ?? 0
        } else if resource.contains("request") {
            used = Int128(rate?.calls ?? 0)
        }
    }

    /// True if the window has become whole since the reading.
    var isReset: Bool { resetIn == 0 }

    /// The share that is left in percent, rounded down; `nil` if unknown.
    var percentLeft: Int64? {
        guard let limit = window.limit, limit > 0, let remaining else { return nil }
        return Int64(clamping: max(0, Int128(remaining)) * 100 / Int128(limit))
    }

    /// The minutes until the rest is used up at the present rate, in hundredths; `nil` if nothing is used or counted.
    ///
    /// Nothing is taken to be refilled meanwhile, so that the limit is not reached earlier at this rate.
    var hundredthMinutesToLimit: Int128? {
        guard let used, used > 0, let remaining else { return nil }
        return max(0, Int128(remaining)) * Int128(Self.span / 1_000_000) * 100 / (used * 60)
    }
}

/// The rate limits of a ledger, with what is left of them.
struct LimitsTable {
    /// A project and a model.
    struct Key: Hashable {
        var project: String
        var model: String?
    }

    private let limits: [LatestRateLimit]
    private let rates: [Key: LimitHeadroom.Rate]
    private let now: Int64

    /// Creates the table.
    ///
    /// - Parameters:
    ///   - limits: The newest rate limits.
    ///   - report: A report over the last 5 minutes by project and model, with snapshots under their alias: they share limits.
    ///   - now: The time in microseconds since 1970.
    init(_ limits: [LatestRateLimit], _ report: Report, now: Int64) {
        (self.limits, self.now) = (limits, now)
        rates = report.rows.reduce(into: [:]) { rates, row in
            guard row.group.count == 2, let project = row.group[0] else { return }
            rates[Key(project: project, model: row.group[1])] = LimitHeadroom.Rate(
                calls: row.calls,
                tokens: (row.inputTokens ?? 0) + (row.outputTokens ?? 0)
            )
        }
    }

    private func headrooms(_ limit: LatestRateLimit) -> [LimitHeadroom] {
        let rate = rates[Key(project: limit.project, model: limit.model.map { ModelAlias.alias(of: $0) })]
        return limit.limits.windows.map { LimitHeadroom($0.resource, $0.window, age: age(limit), rate) }
    }

    private func age(_ limit: LatestRateLimit) -> Int64 {
        max(0, now.subtractingReportingOverflow(limit.observedAtMicroseconds).partialValue)
    }

    /// The table for people.
    var readable: Table {
        var table = Table(columns: [
            .init(name: "PROJECT", isShortened: true, minimum: 14),
            .init(name: "MODEL", isShortened: true, minimum: 14), .init(name: "WINDOW", isShortened: true, minimum: 14),
            .init(name: "LIMIT", isNumeric: true, priority: 6), .init(name: "REMAINING", isNumeric: true, priority: 3),
            .init(name: "LEFT", isNumeric: true), .init(name: "", priority: 5),
            .init(name: "RESETS IN", isNumeric: true, priority: 1), .init(name: "TOLD", isNumeric: true, priority: 4),
            .init(name: "LIMIT IN", isNumeric: true),
        ])
        for limit in limits {
            for headroom in headrooms(limit) {
                let percent = headroom.percentLeft
                let style: StyledLine.Style = percent.map { $0 < 10 ? .red : $0 < 25 ? .yellow : .plain } ?? .plain
                table.append([
                    .init(TextFit.clean(limit.project)), .init(TextFit.clean(limit.model)),
                    .init(TextFit.clean(headroom.resource)),
                    .init(NumberFormat.count(headroom.window.limit.map { Int128($0) })),
                    .init(NumberFormat.count(headroom.remaining.map { Int128($0) }), style),
                    .init(percent.map { "\($0)%" } ?? "-", style), .init(Self.bar(percent), style),
                    .init(headroom.isReset ? "reset" : Self.span(headroom.resetIn)),
                    .init("\(Self.span(age(limit) / 1_000_000 * 1_000_000)) ago"),
                    .init(Self.minutes(headroom.hundredthMinutesToLimit)),
                ])
            }
        }
        return table
    }

    /// Returns the rows for programs, one per window.
    var plain: Table {
        let names = [
            "project", "model", "organization", "observed_at", "call_id", "age_seconds", "window", "limit",
            "remaining", "reset_seconds", "resets_at", "is_reset", "remaining_now", "remaining_percent",
            "used_per_minute", "minutes_to_limit",
        ]
        var table = Table(columns: names.map { Table.Column(name: $0) })
        func number(_ value: Int64?) -> String { value.map { String($0) } ?? "" }
        for limit in limits {
            for headroom in headrooms(limit) {
                table.rows.append([
                    limit.project, limit.model ?? "", limit.organization ?? "",
                    TimestampText.utc(limit.observedAtMicroseconds),
                    limit.call.description, DecimalText.seconds(microseconds: age(limit)), headroom.resource,
                    number(headroom.window.limit), number(headroom.window.remaining),
                    headroom.window.resetMicroseconds.map { DecimalText.seconds(microseconds: $0) } ?? "",
                    resetsAt(limit, headroom) ?? "", headroom.resetIn == nil ? "" : headroom.isReset ? "true" : "false",
                    number(headroom.remaining), number(headroom.percentLeft), Self.perMinute(headroom.used) ?? "",
                    headroom.hundredthMinutesToLimit.map { DecimalText.exact($0, fractionDigits: 2) } ?? "",
                ])
            }
        }
        return table
    }

    /// The limits as one line of JSON: the members of the gateway's API, and the headroom.
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.key("limits")
        json.beginArray()
        for limit in limits {
            json.beginObject()
            json.member("project", limit.project)
            json.member("model", limit.model)
            json.member("organization", limit.organization)
            json.member("observed_at", TimestampText.utc(limit.observedAtMicroseconds))
            json.member("age_seconds", literal: DecimalText.seconds(microseconds: age(limit)))
            json.member("call_id", limit.call.description)
            json.key("rate_limit")
            json.beginObject()
            for headroom in headrooms(limit) { write(limit, headroom, to: &json) }
            json.endObject()
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }

    private func write(_ limit: LatestRateLimit, _ headroom: LimitHeadroom, to json: inout JSONWriter) {
        json.key(headroom.resource)
        json.beginObject()
        json.member("limit", headroom.window.limit)
        json.member("remaining", headroom.window.remaining)
        json.member(
            "reset_seconds",
            literal: headroom.window.resetMicroseconds.map { DecimalText.seconds(microseconds: $0) }
        )
        json.member("resets_at", resetsAt(limit, headroom))
        json.member("is_reset", literal: headroom.resetIn == nil ? nil : headroom.isReset ? "true" : "false")
        json.member("remaining_now", headroom.remaining)
        json.member("remaining_percent", headroom.percentLeft)
        json.member("used_per_minute", literal: Self.perMinute(headroom.used))
        json.member(
            "minutes_to_limit",
            literal: headroom.hundredthMinutesToLimit.map { DecimalText.exact($0, fractionDigits: 2) }
        )
        json.endObject()
    }

    private func resetsAt(_ limit: LatestRateLimit, _ headroom: LimitHeadroom) -> String? {
        headroom.window.resetMicroseconds.map {
            TimestampText.utc(limit.observedAtMicroseconds.addingReportingOverflow($0).partialValue, isShort: true)
        }
    }

    /// A minute's part of what was used in the span.
    private static func perMinute(_ used: Int128?) -> String? {
        used.map { DecimalText.exact($0 * 6_000 / Int128(LimitHeadroom.span / 1_000_000), fractionDigits: 2) }
    }

    /// Returns a bar of ten cells.
    private static func bar(_ percent: Int64?) -> String {
        guard let percent else { return "" }
        let full = Int(min(10, (percent + 5) / 10))
        return String(repeating: "█", count: full) + String(repeating: "░", count: 10 - full)
    }

    /// Returns a duration in its two greatest units.
    private static func span(_ microseconds: Int64?) -> String {
        guard let microseconds else { return "-" }
        let seconds = microseconds / 1_000_000
        switch seconds {
        case ..<1: return microseconds == 0 ? "0s" : "<1s"
        case ..<60: return "\(seconds)s"
        case ..<3_600: return "\(seconds / 60)m\(seconds % 60)s"
        case ..<86_400: return "\(seconds / 3_600)h\(seconds / 60 % 60)m"
        default: return "\(seconds / 86_400)d\(seconds / 3_600 % 24)h"
        }
    }

    private static func minutes(_ hundredths: Int128?) -> String {
        guard let hundredths else { return "-" }
        switch hundredths {
        case ..<100: return "<1 min"
        case ..<1_000: return "\(DecimalText.fixed(hundredths / 10, fractionDigits: 1)) min"
        case ..<12_000: return "\(hundredths / 100) min"
        case ..<144_000: return span(Int64(hundredths / 100 * 60_000_000))
        default: return ">1 day"
        }
    }
}
