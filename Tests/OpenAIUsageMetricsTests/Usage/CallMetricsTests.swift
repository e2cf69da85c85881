import OpenAIUsage
import OpenAIUsageTestSupport
import Synchronization
import Testing

@testable import OpenAIUsageMetrics

@Suite("Series of calls by other labels, and their beginnings")
struct CallMetricsTests {
    private let clock = ManualClock(CallRecord.sampleStart)

    private func metrics(_ change: (inout MetricsLimits) -> Void = { _ in }) -> UsageMetrics {
        var limits = MetricsLimits()
        change(&limits)
        return UsageMetrics(build: BuildInformation(version: "1"), clock: clock, limits: limits)
    }

    @Test("What an earlier process has counted begins at zero, and no more than there is room for")
    func births() {
        let metrics = metrics { $0.projects = 2 }
        metrics.createSeries([
            CallSeriesBirth(project: "a", model: "gpt-5-2025-08-07", endpoint: "responses"),
            CallSeriesBirth(project: "a", model: "gpt-5", endpoint: "responses"),
            CallSeriesBirth(project: "b", model: nil, endpoint: "models.list"),
            CallSeriesBirth(project: "c", model: "gpt-5", endpoint: "responses"),
        ])
        let scrape = Scrape(metrics)
        let who = "project=\"a\",model=\"gpt-5\",operation=\"responses\""
        #expect(scrape["cost_usd_total{\(who)}"] == "0")
        #expect(scrape["calls_total{\(who),code=\"200\"}"] == "0")
        #expect(scrape["input_tokens_total{\(who)}"] == "0")
        #expect(scrape.labels("project", of: "cost_usd_total") == ["a", "b"])
        #expect(scrape.count("cost_usd_total") == 2)
        #expect(scrape.sum("label_overflow_total") == 0)
        #expect(metrics.registry.misuses.isEmpty)
        // A refused call of a model that is known bears its name.
        metrics.record(
            .sample("responses") {
                $0.project = "a"
                $0.model = nil
                $0.requestModel = "gpt-5"
                $0.status = 429
                $0.outcome = .error
            }
        )
        #expect(Scrape(metrics)["call_errors_total{\(who),error=\"rate_limit_exceeded\"}"] == "1")
    }

    @Test("A project that only ever failed is seen under its name, as are some others at most")
    func unconfirmedProjects() {
        let metrics = metrics { $0.projects = 8 }
        func call(_ project: String, _ status: Int) {
            metrics.record(
                .sample {
                    $0.project = project
                    $0.status = status
                    $0.outcome = status < 400 ? .completed : .error
                }
            )
        }
        for number in 1...20 { call("failing-\(number)", 401) }
        #expect(Scrape(metrics).labels("project", of: "calls_total") == ["failing-1", "failing-2", "other"])
        // What succeeds makes room.
        call("failing-1", 200)
        call("failing-21", 401)
        for number in 1...7 { call("good-\(number)", 200) }
        let scrape = Scrape(metrics)
        let expected = [
            "failing-1", "failing-2", "failing-21", "good-1", "good-2", "good-3", "good-4", "good-5", "other",
        ]
        #expect(scrape.labels("project", of: "calls_total") == Set(expected))
        #expect(scrape.sum("label_overflow_total") == 2)
    }

    @Test("A beginning has the calls' status and tier, and what failed no tokens")
    func details() {
        let metrics = metrics()
        var success = CallSeriesBirth(project: "a", model: "gpt-5", endpoint: "responses")
        success.serviceTier = "priority"
        success.hasReasoning = true
        var failure = CallSeriesBirth(project: "b", model: "gpt-5", endpoint: "responses")
        failure.status = 429
        failure.hasSuccesses = false
        metrics.createSeries([success, failure])
        let scrape = Scrape(metrics)
        let labels = "model=\"gpt-5\",operation=\"responses\""
        #expect(scrape["output_reasoning_tokens_total{project=\"a\",\(labels)}"] == "0")
        #expect(scrape["service_tier_cost_usd_total{project=\"a\",service_tier=\"priority\"}"] == "0")
        #expect(scrape["calls_total{project=\"b\",\(labels),code=\"429\"}"] == "0")
        #expect(scrape.labels("project", of: "cost_usd_total") == ["a"])
    }

    @Test("A client that leaves is counted when it leaves, with the time it waited, and not again at the end")
    func disconnect() {
        let metrics = metrics()
        var record = CallRecord.sample {
            $0.outcome = .open
            $0.timing.durationMicroseconds = 3_000_000
        }
        metrics.recordDisconnect(record)
        func check(_ calls: Double) {
            let scrape = Scrape(metrics)
            let labels =
                "model=\"other\",operation=\"chat_completions\",stream=\"false\",outcome=\"client_disconnected\""
            #expect(scrape["client_disconnects_total{operation=\"chat_completions\"}"] == "1")
            #expect(scrape.sum("call_duration_seconds_count") == 1)
            #expect(scrape.sum("call_duration_seconds_sum") == 3)
            #expect(scrape.sum("calls_total") == calls)
            #expect(scrape.labels("outcome", of: "call_duration_seconds_count") == ["client_disconnected"], "\(labels)")
        }
        check(0)
        record.outcome = .clientDisconnected
        record.isDisconnectCounted = true
        record.timing.durationMicroseconds = 90_000_000
        metrics.record(record)
        check(1)
    }

    @Test("Durations of errors and streams are apart")
    func durations() {
        let metrics = metrics()
        for (isStream, outcome, status) in [
            (true, .completed, 200), (false, .completed, 200), (false, .error, 500), (false, .abandoned, 200),
        ] as [(Bool, Outcome, Int)] {
            metrics.record(
                .sample {
                    $0.isStream = isStream
                    $0.outcome = outcome
                    $0.status = status
                    $0.timing.durationMicroseconds = 1_000
                }
            )
        }
        let scrape = Scrape(metrics)
        #expect(scrape.count("call_duration_seconds_count") == 4)
        #expect(scrape.labels("stream", of: "call_duration_seconds_count") == ["true", "false"])
        #expect(
            scrape.labels("outcome", of: "call_duration_seconds_count") == ["success", "error", "client_disconnected"]
        )
    }

    @Test("Tools, units, tiers, savings and requested models have families")
    func breakdowns() {
        let metrics = metrics()
        let record = CallRecord.sample {
            $0.toolCalls = ["web_search": 2, "file_search": 0]
            $0.units = ["images": "3", "seconds": "1.5", "upstream_cost_usd": "0.2", "odd": "x"]
            $0.serviceTier = "flex"
            $0.usage[.inputTokens] = 10
            $0.cost = CallCost(picoUSD: 5_000_000, status: .exact)
            $0.requestModel = "alias-x"
        }
        metrics.record(record, cacheSavings: 2_000_000)
        metrics.record(.sample { $0.cost = CallCost(picoUSD: 1, status: .exact) })
        let scrape = Scrape(metrics)
        let who = "project=\"proj_a\",model=\"gpt-4o-mini\""
        #expect(scrape["tool_calls_total{\(who),tool=\"web_search\"}"] == "2")
        #expect(scrape.count("tool_calls_total") == 1)
        #expect(scrape["units_total{\(who),unit=\"images\"}"] == "3")
        #expect(scrape["units_total{\(who),unit=\"seconds\"}"] == "1.5")
        #expect(scrape.count("units_total") == 2)
        #expect(scrape["service_tier_cost_usd_total{project=\"proj_a\",service_tier=\"flex\"}"] == "0.000005")
        #expect(scrape["service_tier_cost_usd_total{project=\"proj_a\",service_tier=\"none\"}"] == "0.000000000001")
        #expect(scrape["cache_savings_usd_total{\(who)}"] == "0.000002")
        #expect(scrape["requested_model_calls_total{requested_model=\"alias-x\",model=\"gpt-4o-mini\"}"] == "1")
        #expect(scrape.count("key_cost_usd_total") == 0 && scrape.count("tag_cost_usd_total") == 0)
        #expect(metrics.registry.misuses.isEmpty)
    }

    @Test("Keys and tags are there if they are asked for, and nothing else of a call is")
    func optIn() {
        let metrics = metrics {
            $0.includesKeys = true
            $0.tags = ["team"]
        }
        for index in 0..<500 {
            metrics.record(
                .sample {
                    $0.key = KeyFingerprint(hint: "sk-proj-...9876", digest: 0xABCD_EF01_2345)
                    $0.tags = ["team": "t\(index)", "user": "SECRET"]
                    $0.cost = CallCost(picoUSD: 1_000_000_000_000, status: .exact)
                }
            )
        }
        let scrape = Scrape(metrics)
        #expect(scrape["key_cost_usd_total{project=\"proj_a\",key=\"sk-proj-...9876 #abcdef\"}"] == "500")
        #expect(scrape["tag_cost_usd_total{tag=\"team\",value=\"t7\"}"] == "1")
        #expect(scrape.sum("tag_cost_usd_total") == 500)
        #expect(scrape.count("tag_cost_usd_total") <= 220)
        #expect(!scrape.text.contains("SECRET"))
    }

    @Test("Creation times are there if they are asked for, in OpenMetrics")
    func created() {
        let metrics = metrics { $0.includesCreationTimes = true }
        clock.advance(seconds: 5)
        metrics.record(
            .sample {
                $0.timing.durationMicroseconds = 1
                $0.cost = CallCost(picoUSD: 1, status: .exact)
            }
        )
        let scrape = Scrape(metrics.registry.exposition(.openMetrics), openMetrics: true)
        let who = "project=\"proj_a\",model=\"gpt-4o-mini\",operation=\"chat_completions\""
        #expect(scrape["cost_usd_created{\(who)}"] == "1795425305")
        #expect(scrape.sum("client_retries_created") == 12 * 1_795_425_300)
        #expect(scrape.count("call_duration_seconds_created") == 1)
        #expect(scrape.count("calls_in_flight_created") == 0)
        #expect(!Scrape(metrics).text.contains("_created"))
        #expect(!self.metrics().registry.exposition(.openMetrics).isEmpty)
    }

    @Test("A scrape is compressed where that is accepted, and counted")
    func scrape() throws {
        let metrics = metrics()
        let plain = metrics.scrape(accept: nil, acceptEncoding: "br, gzip;q=0")
        #expect(plain.contentEncoding == nil)
        let zipped = metrics.scrape(accept: nil, acceptEncoding: "deflate, gzip;q=0.5")
        #expect(zipped.contentEncoding == "gzip")
        #expect(zipped.body.count < plain.body.count / 3)
        #expect(zipped.body.prefix(2) == [0x1F, 0x8B])
        let scrape = Scrape(metrics)
        #expect(scrape["metrics_scrapes_total{result=\"answered\"}"] == "2")
        #expect(scrape.sum("metrics_series") > 100)
        #expect(
            GzipEncoder.isAccepted("GZIP") && GzipEncoder.isAccepted("a, x-gzip ;q=1") && !GzipEncoder.isAccepted("")
        )
        let gate = ScrapeGate(maximum: 1)
        #expect(gate.enter() && !gate.enter())
        gate.leave()
        #expect(gate.enter())
    }

    @Test("The last reconciliation is told, with further projects as one")
    func reconciliation() {
        var limits = MetricsLimits()
        limits.projects = 2
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), clock: clock, limits: limits)
        let last = Mutex<ReconciliationGauge?>(nil)
        metrics.registerReconciliation { last.withLock { $0 } }
        #expect(Scrape(metrics).count("reconciliation_timestamp_seconds") == 0)
        let gauge = ReconciliationGauge(
            times: (at: 30, start: 10, end: 20),
            coverage: ["calls": 500_000_000_000],
            drift: nil,
            cost: (ours: 1, theirs: 2),
            differences: ["tier": -1],
            projects: [
                "a": .init(ours: 8, theirs: 10, common: 8, drift: 2), "b": .init(ours: 5, theirs: 5, common: 5),
                "c": .init(ours: 1, theirs: 2, common: 1, drift: 1),
                nil: .init(ours: 1, theirs: 2, common: 1, drift: 1),
            ]
        )
        last.withLock { $0 = gauge }
        let scrape = Scrape(metrics)
        #expect(scrape["reconciliation_coverage_ratio{measure=\"calls\"}"] == "0.5")
        #expect(scrape.count("reconciliation_drift_ratio") == 0)
        #expect(scrape["reconciliation_difference_usd{cause=\"tier\"}"] == "-0.000000000001")
        #expect(scrape["reconciliation_project_coverage_ratio{project=\"a\"}"] == "0.8")
        #expect(scrape["reconciliation_project_drift_ratio{project=\"other\"}"] == "0.5")
        #expect(scrape.count("reconciliation_project_coverage_ratio") == 3)
        #expect(scrape["reconciliation_period_end_timestamp_seconds"] == "20")
    }

    @Test("Budgets and reloads are told")
    func budgets() {
        let metrics = metrics()
        metrics.registerBudgets {
            [
                BudgetGauge(name: "search", amountPicoUSD: 500_000_000_000_000, spentPicoUSD: 1, forecastPicoUSD: nil),
                BudgetGauge(name: "all", amountPicoUSD: 1, spentPicoUSD: 2, forecastPicoUSD: 3),
            ]
        }
        metrics.countConfigurationReload(isSuccessful: true, isStart: true)
        clock.advance(seconds: 10)
        metrics.countConfigurationReload(isSuccessful: false)
        let scrape = Scrape(metrics)
        #expect(scrape["budget_usd{budget=\"search\"}"] == "500")
        #expect(scrape["budget_spent_usd{budget=\"search\"}"] == "0.000000000001")
        #expect(scrape.count("budget_forecast_usd") == 1)
        #expect(scrape["config_reloads_total{result=\"failure\"}"] == "1")
        #expect(scrape["config_reloads_total{result=\"success\"}"] == "0")
        #expect(scrape["config_last_reload_successful"] == "0")
        #expect(scrape["config_last_reload_success_timestamp_seconds"] == "1795425300")
    }
}
