import OpenAIUsage

/// The latest rate limits by project, model and window.
///
/// Limits are reported only by responses, so that a limit expires when it has not been reported for a while. An
/// exhausted window is reported by the error response, and shown as 0.
struct RateLimitGauges: Sendable {
    /// The project and model that a limit applies to.
    private struct Owner: Sendable, Hashable {
        var project: String
        var model: String
    }

    private struct Reading: Sendable {
        var observedAt: Int64
        var window: RateLimits.Window
    }

    /// The windows with gauges of their own, because their units must not be added to those of others.
    private static let named: [(resource: String, prefix: String, noun: String)] = [
        ("requests", "requests", "requests"), ("tokens", "tokens", "tokens"),
        ("project-tokens", "project_tokens", "the project's tokens"), ("images", "images", "images"),
        ("input-images", "input_images", "input images"),
    ]

    /// The time for which a reading is shown, in microseconds.
    static let lifetime: Int64 = 600_000_000
    /// The maximum number of owners with rate limits.
    static let maximumCount = 100
    /// The maximum number of windows per owner; no provider reports half as many.
    static let maximumWindows = 16
    /// The maximum number of series of windows without gauges of their own.
    static let maximumOthers = 100

    static let descriptors: [MetricDescriptor] = {
        let labels = ["project", "model"]
        func gauges(_ prefix: String, _ labels: [String], _ noun: String) -> [MetricDescriptor] {
            let name = "oai_usage_ratelimit_" + prefix
            return [
                .gauge(
                    name + "_limit",
                    labels: labels,
                    help: "The rate limit of \(noun); not shown 10 minutes after it was last told."
                ),
                .gauge(
                    name + "_remaining",
                    labels: labels,
                    help: "What was left of the rate limit of \(noun) when it was last told."
                ),
                .gauge(
                    name + "_reset_timestamp_seconds",
                    unit: "seconds",
                    labels: labels,
                    help: "When the rate limit of \(noun) is whole again, as Unix time."
                ),
            ]
        }
        let updated = MetricDescriptor.gauge(
            "oai_usage_ratelimit_updated_timestamp_seconds",
            unit: "seconds",
            labels: labels,
            help: "When the rate limits were last told, as Unix time."
        )
        return named.flatMap { gauges($0.prefix, labels, $0.noun) }
            + gauges("other", labels + ["window"], "another window") + [updated]
    }()

    private var readings: [Owner: [String: Reading]] = [:]

    /// Stores the limits of a response; returns false if there is no room for another owner.
    mutating func note(_ limits: RateLimits, project: String, model: String, observedAt: Int64, now: Int64) -> Bool {
        guard !limits.windows.isEmpty else { return true }
        let owner = Owner(project: project, model: model)
        if readings[owner] == nil, readings.count >= Self.maximumCount {
            removeStale(now: now)
            guard readings.count < Self.maximumCount else { return false }
        }
        var windows = readings[owner] ?? [:]
        for (resource, window) in limits.windows {
            let name = LabelValue.clean(resource)
            if let known = windows[name] {
                // A long stream ends after later calls, but its limits date from its start.
                guard known.observedAt <= observedAt else { continue }
            } else if windows.count >= Self.maximumWindows {
                continue
            }
            windows[name] = Reading(observedAt: observedAt, window: window)
        }
        readings[owner] = windows
        return true
    }

    /// Removes expired readings.
    mutating func removeStale(now: Int64) {
        readings = readings.compactMapValues { windows in
            let fresh = windows.filter { now - $0.value.observedAt <= Self.lifetime }
            return fresh.isEmpty ? nil : fresh
        }
    }

    func collect(into collection: inout MetricsCollection) {
        var others = 0
        for (owner, windows) in readings {
            let labels = [owner.project, owner.model]
            for (resource, reading) in windows {
                if let named = Self.named.first(where: { $0.resource == resource }) {
                    Self.set(named.prefix, labels, reading, &collection)
                } else if others < Self.maximumOthers {
                    others += 1
                    Self.set("other", labels + [resource], reading, &collection)
                }
            }
            guard let latest = windows.values.map(\.observedAt).max() else { continue }
            collection.set("oai_usage_ratelimit_updated_timestamp_seconds", labels, .double(Double(latest) / 1e6))
        }
    }

    private static func set(
        _ prefix: String,
        _ labels: [String],
        _ reading: Reading,
        _ collection: inout MetricsCollection
    ) {
        let name = "oai_usage_ratelimit_" + prefix
        collection.set(name + "_limit", labels, reading.window.limit.map { .integer($0) })
        collection.set(name + "_remaining", labels, reading.window.remaining.map { .integer($0) })
        collection.set(
            name + "_reset_timestamp_seconds",
            labels,
            reading.window.resetMicroseconds.map { .double(Double(reading.observedAt) / 1e6 + Double($0) / 1e6) }
        )
    }
}
