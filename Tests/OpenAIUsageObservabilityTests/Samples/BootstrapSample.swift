import CoreMetrics
import OpenAIUsageMetrics
import OpenAIUsageObservability

func bootstrapMetrics(version: String) -> UsageMetrics {
    let metrics = UsageMetrics(build: BuildInformation(version: version))
    MetricsSystem.bootstrap(UsageMetricsFactory(metrics))
    return metrics
}
