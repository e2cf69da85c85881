import OpenAIUsage

/// A meter whose records go nowhere.
enum Meter {
    private struct Nowhere: UsageSink {
        func record(_ record: CallRecord) {}
        func recordOpen(_ record: CallRecord) {}
    }

    /// A transport, behind a meter if it is to be metered.
    static func around(_ transport: some Transport, _ isMetered: Bool) -> any Transport {
        isMetered ? transport.intercepted(by: UsageInterceptor(UsageMeter(sink: Nowhere()))) : transport
    }
}
