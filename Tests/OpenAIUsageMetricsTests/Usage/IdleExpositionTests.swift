import OpenAIUsage
import Testing

@testable import OpenAIUsageMetrics

@Suite("Metrics before the first call")
struct IdleExpositionTests {
    private func scrape(_ format: ExpositionFormat = .text) -> Scrape {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        metrics.registerLedger {
            LedgerSnapshot(
                captured: 0,
                written: 0,
                dropped: [],
                queued: 0,
                capacity: 65_536,
                errors: [],
                sizeBytes: nil,
                lastWriteTimestampSeconds: nil,
                lateReleases: 0
            )
        }
        #expect(metrics.registry.misuses.isEmpty)
        return Scrape(metrics.registry.exposition(format), openMetrics: format.isOpenMetrics)
    }

    @Test("Whatever has closed labels is there at zero")
    func zeros() {
        let scrape = scrape()
        let expected = [
            "client_retries_total": 12, "client_disconnects_total": 12, "requests_in_flight": 12,
            "usage_missing_total": 12 * MissingUsageReason.allCases.count,
            "unpriced_requests_total": CostReason.labels.count, "label_overflow_total": 2,
            "records_dropped_total": LedgerMetrics.dropReasons.count, "records_captured_total": 1,
            "records_written_total": 1,
            "record_queue_length": 1, "store_late_releases_total": 1, "gateway_overhead_seconds_count": 1,
            "store_write_duration_seconds_count": 1,
        ]
        for (name, count) in expected {
            #expect(scrape.count(name) == count, "\(name)")
            #expect(scrape.sum(name) == 0, "\(name)")
        }
        #expect(scrape["record_queue_capacity"] == "65536")
        #expect(scrape.labels("reason", of: "records_dropped_total") == Set(LedgerMetrics.dropReasons))
        #expect(scrape.labels("label", of: "label_overflow_total") == ["project", "model"])
        #expect(scrape.sum("build_info") == 1)
    }

    @Test("Whatever has open labels or is not known is not there")
    func absent() {
        let scrape = scrape()
        for name in [
            "requests_total", "request_errors_total", "request_duration_seconds_count", "input_tokens_total",
            "cost_usd_total", "ratelimit_requests_limit", "ratelimit_headroom_ratio_count", "store_size_bytes",
            "store_last_write_timestamp_seconds", "price_table_updated_timestamp_seconds",
        ] {
            #expect(scrape.count(name) == 0, "\(name)")
        }
    }

    @Test("Both formats hold the same series and values")
    func formats() {
        let text = scrape()
        let openMetrics = scrape(.openMetrics)
        let own = text.order.filter { !$0.hasPrefix("process_") }
        #expect(own == openMetrics.order.filter { !$0.hasPrefix("process_") })
        #expect(own.allSatisfy { text.values[$0] == openMetrics.values[$0] })
    }

    @Test("Every family has help, a valid name and the prefix of the product or of the process")
    func families() throws {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        let descriptors = metrics.registry.descriptors
        #expect(descriptors.count >= 40)
        for descriptor in descriptors {
            try descriptor.validate()
            #expect(descriptor.name.hasPrefix("oai_usage_") || descriptor.name.hasPrefix("process_"))
            #expect(descriptor.help.hasSuffix(".") && descriptor.help.utf8.count < 160, "\(descriptor.name)")
            for unit in ["seconds", "bytes", "ratio", "usd"] where descriptor.name.hasSuffix("_" + unit) {
                #expect(descriptor.unit == unit, "\(descriptor.name)")
            }
        }
    }

    @Test("The contract of names, kinds and labels")
    func contract() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        let lines = metrics.registry.descriptors.filter { $0.name.hasPrefix("oai_usage_") }.map { descriptor in
            let name = descriptor.name.dropFirst("oai_usage_".count)
            return "\(descriptor.kind.rawValue) \(name)(\(descriptor.labelNames.joined(separator: ",")))"
        }
        #expect(
            lines == [
                "gauge build_info(version,revision,swift_version)",
                "counter client_disconnects(operation)",
                "counter client_retries(operation)",
                "counter cost_usd(project,model,operation)",
                "gauge gateway_client_connections()",
                "counter gateway_events(event)",
                "counter gateway_limits_reached(limit)",
                "histogram gateway_overhead_seconds()",
                "gauge gateway_waiting_calls()",
                "counter include_usage_not_asked(reason)",
                "counter input_audio_tokens(project,model,operation)",
                "counter input_cache_write_tokens(project,model,operation)",
                "counter input_cached_tokens(project,model,operation)",
                "counter input_tokens(project,model,operation)",
                "counter label_overflow(label)",
                "counter output_audio_tokens(project,model,operation)",
                "counter output_hidden_tokens(project,model,operation)",
                "counter output_reasoning_tokens(project,model,operation)",
                "counter output_tokens(project,model,operation)",
                "gauge price_table_updated_timestamp_seconds()",
                "histogram ratelimit_headroom_ratio(model,resource)",
                "gauge ratelimit_images_limit(project,model)",
                "gauge ratelimit_images_remaining(project,model)",
                "gauge ratelimit_images_reset_timestamp_seconds(project,model)",
                "gauge ratelimit_input_images_limit(project,model)",
                "gauge ratelimit_input_images_remaining(project,model)",
                "gauge ratelimit_input_images_reset_timestamp_seconds(project,model)",
                "gauge ratelimit_other_limit(project,model,window)",
                "gauge ratelimit_other_remaining(project,model,window)",
                "gauge ratelimit_other_reset_timestamp_seconds(project,model,window)",
                "gauge ratelimit_project_tokens_limit(project,model)",
                "gauge ratelimit_project_tokens_remaining(project,model)",
                "gauge ratelimit_project_tokens_reset_timestamp_seconds(project,model)",
                "gauge ratelimit_requests_limit(project,model)",
                "gauge ratelimit_requests_remaining(project,model)",
                "gauge ratelimit_requests_reset_timestamp_seconds(project,model)",
                "gauge ratelimit_tokens_limit(project,model)",
                "gauge ratelimit_tokens_remaining(project,model)",
                "gauge ratelimit_tokens_reset_timestamp_seconds(project,model)",
                "gauge ratelimit_updated_timestamp_seconds(project,model)",
                "gauge record_queue_capacity()",
                "gauge record_queue_length()",
                "counter records_captured()",
                "counter records_dropped(reason)",
                "counter records_written()",
                "histogram request_duration_seconds(model,operation)",
                "counter request_errors(project,model,operation,error)",
                "counter requests(project,model,operation,code)",
                "gauge requests_in_flight(operation)",
                "counter store_errors(error)",
                "gauge store_last_write_timestamp_seconds()",
                "counter store_late_releases()",
                "gauge store_size_bytes()",
                "gauge store_up()",
                "histogram store_write_duration_seconds()",
                "histogram time_per_output_token_seconds(model,operation)",
                "histogram time_to_first_token_seconds(model,operation)",
                "counter unpriced_requests(model,reason)",
                "histogram upstream_overhead_seconds(operation)",
                "histogram upstream_processing_seconds(model,operation)",
                "counter usage_missing(operation,reason)",
            ]
        )
    }
}
