import Logging
import OpenAIUsage
import OpenAIUsageObservability

func observed(_ base: some Transport, meter: UsageMeter) -> some Transport {
    base.intercepted(
        by: RetryInterceptor(),
        IncludeUsageInterceptor(),
        TracingInterceptor(),
        LoggingInterceptor(LogSink(Logger(label: "openai"), failureLevel: .error)),
        UsageInterceptor(meter)
    )
}
