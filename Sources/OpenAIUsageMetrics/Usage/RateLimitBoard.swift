import OpenAIUsage

/// The latest rate limits by project and model.
///
/// A limit is told by responses only, so that one which has not been told for a while is no longer known.
struct RateLimitBoard: Sendable {
    /// Whom a limit is for.
    private struct Owner: Sendable, Hashable {
        var project: String
        var model: String
    }

    private struct Reading: Sendable {
        var observedAt: Int64
        var requests: RateLimits.Window?
        var tokens: RateLimits.Window?
    }

    /// How long a reading is shown, in microseconds.
    static let lifetime: Int64 = 600_000_000
    /// The most owners whose limits are shown.
    static let maximumCount = 100

    static let descriptors: [MetricDescriptor] = {
        let labels = ["project", "model"]
        func gauge(_ name: String, unit: String? = nil, _ help: String) -> MetricDescriptor {
            .gauge("oai_usage_ratelimit_" + name, unit: unit, labels: labels, help: help)
        }
        return [
            gauge("requests_limit", "The rate limit of requests; not shown 10 minutes after it was last told."),
            gauge("requests_remaining", "What was left of the rate limit of requests when it was last told."),
            gauge(
                "requests_reset_timestamp_seconds",
                unit: "seconds",
                "When the rate limit of requests is whole again, as Unix time."
            ),
            gauge("tokens_limit", "The rate limit of tokens; not shown 10 minutes after it was last told."),
            gauge("tokens_remaining", "What was left of the rate limit of tokens when it was last told."),
            gauge(
                "tokens_reset_timestamp_seconds",
                unit: "seconds",
                "When the rate limit of tokens is whole again, as Unix time."
            ),
            gauge(
                "updated_timestamp_seconds",
                unit: "seconds",
                "When the rate limits were last told, as Unix time."
            ),
        ]
    }()

    private var readings: [Owner: Reading] = [:]

    /// Keeps the limits of a response; `false` when there is no room for another owner.
    mutating func note(_ limits: RateLimits, project: String, model: String, observedAt: Int64, now: Int64) -> Bool {
        let requests = limits["requests"]
        let tokens = limits["tokens"]
        guard requests != nil || tokens != nil else { return true }
        let owner = Owner(project: project, model: model)
        if let known = readings[owner] {
            // A long stream ends after later calls, but its limits are those of its beginning.
            guard known.observedAt <= observedAt else { return true }
        } else if readings.count >= Self.maximumCount {
            removeStale(now: now)
            guard readings.count < Self.maximumCount else { return false }
        }
        readings[owner] = Reading(observedAt: observedAt, requests: requests, tokens: tokens)
        return true
    }

    /// Forgets what is too old to be shown.
    mutating func removeStale(now: Int64) {
        readings = readings.filter { now - $0.value.observedAt <= Self.lifetime }
    }

    func collect(into collection: inout MetricsCollection) {
        for (owner, reading) in readings {
            let labels = [owner.project, owner.model]
            func set(_ resource: String, _ window: RateLimits.Window?) {
                let prefix = "oai_usage_ratelimit_" + resource
                collection.set(prefix + "_limit", labels, window?.limit.map { .integer($0) })
                collection.set(prefix + "_remaining", labels, window?.remaining.map { .integer($0) })
                collection.set(
                    prefix + "_reset_timestamp_seconds",
                    labels,
                    window?.reset.map { .double(Double(reading.observedAt + $0) / 1e6) }
                )
            }
            set("requests", reading.requests)
            set("tokens", reading.tokens)
            collection.set(
                "oai_usage_ratelimit_updated_timestamp_seconds",
                labels,
                .double(Double(reading.observedAt) / 1e6)
            )
        }
    }
}
