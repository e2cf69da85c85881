import Logging
import OpenAIUsage
import OpenAIUsageObservability

func meter(into ledger: some UsageSink, logger: Logger) -> UsageMeter {
    UsageMeter(sink: MultiplexSink(ledger, LogSink(logger)))
}
