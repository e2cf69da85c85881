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

    /// The time for which a reading is shown, in microseconds.
    static let lifetime: Int64 = 600_000_000
    /// The maximum number of owners with rate limits.
    static let maximumCount = 100
    /// The maximum number of windows per owner; no provider reports half as many.
    static let maximumWindows = 16
    /// The maximum number of shown windows.
    static let maximumSeries = 400

    private static let prefix = "oai_usage_rate_limit"

    static let descriptors: [MetricDescriptor] = {
        let labels = ["project", "model", "resource"]
        return [
            .gauge(
                prefix,
                labels: labels,
                help:
                    "The rate limit by resource, such as requests or tokens; not shown 10 minutes after it was last told."
            ),
            .gauge(
                prefix + "_remaining",
                labels: labels,
                help: "What was left of the rate limit when it was last told."
            ),
            .gauge(
                prefix + "_reset_timestamp_seconds",
                unit: "seconds",
                labels: labels,
                help: "When the rate limit is whole again, as Unix time."
            ),
            .gauge(
                prefix + "_updated_timestamp_seconds",
                unit: "seconds",
                labels: ["project", "model"],
                help: "When the rate limits were last told, as Unix time."
            ),
        ]
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
        var count = 0
        for (owner, windows) in readings.sorted(by: { ($0.key.project, $0.key.model) < ($1.key.project, $1.key.model) })
        {
            for (resource, reading) in windows.sorted(by: { $0.key < $1.key }) where count < Self.maximumSeries {
                count += 1
                let labels = [owner.project, owner.model, Self.label(resource)]
                let window = reading.window
                collection.set(Self.prefix, labels, window.limit.map { .integer($0) })
                collection.set(Self.prefix + "_remaining", labels, window.remaining.map { .integer($0) })
                collection.set(
                    Self.prefix + "_reset_timestamp_seconds",
                    labels,
                    window.resetMicroseconds.map { .double(Double(reading.observedAt) / 1e6 + Double($0) / 1e6) }
                )
            }
            guard let latest = windows.values.map(\.observedAt).max() else { continue }
            collection.set(
                Self.prefix + "_updated_timestamp_seconds",
                [owner.project, owner.model],
                .double(Double(latest) / 1e6)
            )
        }
    }

    /// Returns the label of a window's resource.
    private static func label(_ resource: String) -> String {
        let known = RateLimitResource(resource)
        return known == .other ? resource : known.label
    }
}
