import OpenAIUsage

extension LatestRateLimit {
    /// Returns rate limits as one line of JSON: an object with the newest limits by project and model.
    ///
    /// Remaining amounts are those at the time of the response; `reset_seconds` counts from then.
    package static func json(_ limits: [LatestRateLimit]) -> String {
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
            json.member("call_id", limit.call.description)
            json.key("rate_limit")
            limit.limits.write(to: &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }
}
