import OpenAIUsage
import OpenAIUsageGateway
import Testing

struct GatewayConfigurationTests {
    @Test func `The shortest time of a setting is not none`() throws {
        let upstream = try #require(Upstream("https://api.openai.com/v1"))
        var configuration = GatewayConfiguration(upstream: upstream)
        #expect(configuration.connectTimeout == .seconds(10) && configuration.limits.keepAlive == .seconds(120))
        configuration.disconnectGrace = .microseconds(1)
        #expect(configuration.disconnectGrace == .milliseconds(1))
        configuration.disconnectGrace = .nanoseconds(1)
        #expect(configuration.disconnectGrace == .milliseconds(1))
        configuration.disconnectGrace = .seconds(-1)
        #expect(configuration.disconnectGrace == .zero)
        configuration.disconnectGrace = .zero
        #expect(configuration.disconnectGrace == .zero)
        // In nanoseconds, too, the longest time fits.
        configuration.connectionAge = .seconds(Int64.max)
        #expect(configuration.connectionAge == .seconds(1_000_000_000))
        #expect(configuration.connectionAgeMilliseconds.multipliedReportingOverflow(by: 1_000_000).overflow == false)
    }
}
