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
            "client_retries_total": 12, "client_disconnects_total": 12, "calls_in_flight": 12,
            "calls_without_usage_total": 12 * MissingUsageReason.allCases.count,
            "unpriced_calls_total": CostReason.labels.count, "label_overflow_total": 2,
            "records_dropped_total": LedgerMetrics.dropReasons.count, "records_captured_total": 1,
            "records_written_total": 1,
            "record_queue_length": 1, "ledger_late_releases_total": 1, "gateway_overhead_seconds_count": 1,
            "ledger_write_duration_seconds_count": 1,
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
            "calls_total", "call_errors_total", "call_duration_seconds_count", "input_tokens_total",
            "cost_usd_total", "rate_limit", "rate_limit_headroom_ratio_count", "ledger_size_bytes",
            "ledger_last_write_timestamp_seconds", "price_book_updated_timestamp_seconds",
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
                "counter cache_savings_usd(project,model)",
                "histogram call_duration_seconds(model,operation,stream,outcome)",
                "counter call_errors(project,model,operation,error)",
                "counter calls(project,model,operation,code)",
                "gauge calls_in_flight(operation)",
                "counter calls_without_usage(operation,reason)",
                "counter client_disconnects(operation)",
                "counter client_retries(operation)",
                "gauge config_last_reload_success_timestamp_seconds()",
                "gauge config_last_reload_successful()",
                "counter config_reloads(result)",
                "counter cost_usd(project,model,operation)",
                "gauge gateway_calls_after_disconnect()",
                "gauge gateway_client_connections()",
                "counter gateway_events(event)",
                "counter gateway_limits_reached(limit)",
                "histogram gateway_overhead_seconds()",
                "gauge gateway_waiting_calls()",
                "counter include_usage_not_asked(reason)",
                "counter input_audio_tokens(project,model,operation)",
                "counter input_cache_write_tokens(project,model,operation)",
                "counter input_cached_tokens(project,model,operation)",
                "counter input_image_tokens(project,model,operation)",
                "counter input_tokens(project,model,operation)",
                "histogram input_tokens_per_call(model,operation)",
                "counter label_overflow(label)",
                "counter ledger_errors(error)",
                "gauge ledger_last_write_timestamp_seconds()",
                "counter ledger_late_releases()",
                "gauge ledger_size_bytes()",
                "gauge ledger_up()",
                "histogram ledger_write_duration_seconds()",
                "gauge metrics_scrape_duration_seconds()",
                "counter metrics_scrapes(result)",
                "gauge metrics_series()",
                "counter output_audio_tokens(project,model,operation)",
                "counter output_hidden_tokens(project,model,operation)",
                "counter output_image_tokens(project,model,operation)",
                "counter output_reasoning_tokens(project,model,operation)",
                "counter output_tokens(project,model,operation)",
                "histogram output_tokens_per_call(model,operation)",
                "gauge price_book_updated_timestamp_seconds()",
                "gauge rate_limit(project,model,resource)",
                "histogram rate_limit_headroom_ratio(model,resource)",
                "gauge rate_limit_remaining(project,model,resource)",
                "gauge rate_limit_reset_timestamp_seconds(project,model,resource)",
                "gauge rate_limit_updated_timestamp_seconds(project,model)",
                "gauge record_queue_capacity()",
                "gauge record_queue_length()",
                "counter records_captured()",
                "counter records_dropped(reason)",
                "counter records_written()",
                "counter requested_model_calls(requested_model,model)",
                "counter service_tier_cost_usd(project,service_tier)",
                "histogram time_per_output_token_seconds(model,operation)",
                "histogram time_to_first_token_seconds(model,operation)",
                "counter tool_calls(project,model,tool)",
                "counter units(project,model,unit)",
                "counter unpriced_calls(model,reason)",
                "histogram upstream_overhead_seconds(operation)",
                "histogram upstream_processing_seconds(model,operation)",
                "counter upstream_retries(reason)",
            ]
        )
    }
}
