import Foundation
import OpenAIUsage
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The metered configurations, each with a `URLProtocol` subclass of its own, since a session's configuration takes only
/// classes.
final class MeteredConfigurations: Sendable {
    /// The values that the calls of a configuration share.
    final class Entry: Sendable {
        let meter: UsageMeter
        let additions: AdditionalHeaders
        let driver: SessionDriver

        init(meter: UsageMeter, additions: AdditionalHeaders, driver: SessionDriver) {
            self.meter = meter
            self.additions = additions
            self.driver = driver
        }
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var last: any ConfigurationNumber.Type = FirstConfiguration.self
    }

    static let shared = MeteredConfigurations()

    private let state = Mutex(State())

    /// Adds a configuration.
    ///
    /// - Parameters:
    ///   - configuration: The configuration of the inner session.
    ///   - additions: The fields that the configuration adds to all requests.
    ///   - meter: The meter that records the calls.
    /// - Returns: The class for `protocolClasses` of the outer configuration.
    func add(
        _ configuration: URLSessionConfiguration,
        _ additions: AdditionalHeaders,
        _ meter: UsageMeter
    ) -> AnyClass {
        let entry = Entry(meter: meter, additions: additions, driver: SessionDriver(configuration))
        return state.withLock { state in
            let type = Self.type(after: state.last)
            state.last = type.number
            state.entries[ObjectIdentifier(type.protocolClass)] = entry
            return type.protocolClass
        }
    }

    func entry(of type: AnyClass) -> Entry? {
        state.withLock { $0.entries[ObjectIdentifier(type)] }
    }

    private static func type<Number: ConfigurationNumber>(
        after number: Number.Type
    ) -> (number: any ConfigurationNumber.Type, protocolClass: AnyClass) {
        (NextConfiguration<Number>.self, UsageURLProtocol<NextConfiguration<Number>>.self)
    }
}

/// A number as a type, which makes an unlimited number of generic classes.
protocol ConfigurationNumber: SendableMetatype {}

enum FirstConfiguration: ConfigurationNumber {}

enum NextConfiguration<Previous: ConfigurationNumber>: ConfigurationNumber {}
