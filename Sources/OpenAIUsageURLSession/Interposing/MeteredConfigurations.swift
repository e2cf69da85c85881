import Foundation
import OpenAIUsage
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The configurations that are metered, each with a class of its own: a class is all that a session asks for.
final class MeteredConfigurations: Sendable {
    /// What the calls of a configuration need.
    final class Entry: Sendable {
        let meter: UsageMeter
        let additions: HeaderAdditions
        let driver: SessionDriver

        init(meter: UsageMeter, additions: HeaderAdditions, driver: SessionDriver) {
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
    ///   - configuration: What the calls are really made with.
    ///   - additions: The fields that it adds to them.
    ///   - meter: Who meters them.
    /// - Returns: The class to be put into a session's configuration.
    func add(
        _ configuration: URLSessionConfiguration,
        _ additions: HeaderAdditions,
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

/// A number that is a type, so that there are as many classes as are needed.
protocol ConfigurationNumber: SendableMetatype {}

enum FirstConfiguration: ConfigurationNumber {}

enum NextConfiguration<Previous: ConfigurationNumber>: ConfigurationNumber {}
