import ArgumentParser
import OpenAIUsageGateway
import OpenAIUsageLedger

/// The flags for a gateway's limits on memory, connections and time.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The longest head of a request or a response. (default: 64KiB)", valueName: "size"))
    var headSize: ByteCount?

    @Option(help: ArgumentHelp("The most fields of a head. (default: 256)", valueName: "number"))
    var headFields: Int?

    @Option(help: ArgumentHelp("How long a request's head may take. (default: 20s)", valueName: "time"))
    var headTimeout: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "How long a client may be silent within its request's body. (default: 1m)",
            valueName: "time"
        )
    )
    var bodyTimeout: DurationArgument?

    @Option(help: ArgumentHelp("How long a client may take nothing of its response. (default: 2m)", valueName: "time"))
    var writeTimeout: DurationArgument?

    @Option(
        help: ArgumentHelp("How long a client's connection is kept between two calls. (default: 2m)", valueName: "time")
    )
    var keepAlive: DurationArgument?

    @Option(help: ArgumentHelp("The most connections of clients. (default: 16384)", valueName: "number"))
    var maxConnections: Int?

    @Option(help: ArgumentHelp("The most connections of one address. (default: 8192)", valueName: "number"))
    var maxConnectionsPerAddress: Int?

    @Option(
        help: ArgumentHelp("The most connections to one upstream, per worker. (default: 16384)", valueName: "number")
    )
    var maxUpstreamConnections: Int?

    @Option(
        help: ArgumentHelp(
            "The most calls that wait for a connection to one upstream, per worker. (default: 10000)",
            valueName: "number"
        )
    )
    var maxWaitingCalls: Int?

    @Option(
        help: ArgumentHelp(
            "The most bytes of request bodies that are held together to be sent again or rewritten. (default: 64MiB)",
            valueName: "size"
        )
    )
    var heldBodies: ByteCount?

    @Option(
        help: ArgumentHelp(
            "The most bytes that are read of a response after its client has gone. (default: 64MiB)",
            valueName: "size"
        )
    )
    var drainSize: ByteCount?

    @Option(
        help: ArgumentHelp(
            "The most responses that are read on at once after their clients have gone, per worker. (default: 1024)",
            valueName: "number"
        )
    )
    var maxDrains: Int?

    /// Returns the limits that result from flags and settings.
    ///
    /// - Throws: An error with the origin of a value that is out of range, and the allowed range.
    func limits(_ settings: Settings) throws -> GatewayLimits {
        var result = GatewayLimits()
        func size(
            _ name: String,
            _ flag: ByteCount?,
            _ path: WritableKeyPath<GatewayLimits, Int>
        )
            throws
        {
            let value = try settings.value(name, flag, otherwise: ByteCount(result[keyPath: path]))
            let range = Self.range(name)
            guard range ~= value.value else {
                throw Self.refusal(
                    name,
                    flag != nil,
                    settings,
                    value,
                    ByteCount(range.lowerBound),
                    ByteCount(range.upperBound)
                )
            }
            result[keyPath: path] = value.value
        }
        func number(
            _ name: String,
            _ flag: Int?,
            _ path: WritableKeyPath<GatewayLimits, Int>
        )
            throws
        {
            let value = try settings.value(name, flag, otherwise: result[keyPath: path])
            let range = Self.range(name)
            guard range ~= value else {
                throw Self.refusal(name, flag != nil, settings, value, range.lowerBound, range.upperBound)
            }
            result[keyPath: path] = value
        }
        func time(_ name: String, _ flag: DurationArgument?, _ path: WritableKeyPath<GatewayLimits, Int64>) throws {
            let standard = DurationArgument(milliseconds: result[keyPath: path])
            result[keyPath: path] = try settings.time(name, flag, otherwise: standard, atLeast: 1).milliseconds
        }
        try size("head-size", headSize, \.headBytes)
        try number("head-fields", headFields, \.headFields)
        try time("head-timeout", headTimeout, \.headMilliseconds)
        try time("body-timeout", bodyTimeout, \.bodyMilliseconds)
        try time("write-timeout", writeTimeout, \.writeMilliseconds)
        try time("keep-alive", keepAlive, \.keepAliveMilliseconds)
        try number("max-connections", maxConnections, \.connections)
        try number("max-connections-per-address", maxConnectionsPerAddress, \.connectionsPerAddress)
        try number("max-upstream-connections", maxUpstreamConnections, \.upstreamConnections)
        try number("max-waiting-calls", maxWaitingCalls, \.waitingCalls)
        try size("held-bodies", heldBodies, \.heldBodyBytes)
        try size("drain-size", drainSize, \.disconnectBytes)
        try number("max-drains", maxDrains, \.disconnects)
        return result
    }

    /// Returns the allowed range of a number or a size.
    private static func range(_ name: String) -> ClosedRange<Int> {
        switch Setting.named(name)?.kind {
        case .number(let range), .size(let range): range
        default: Int.min...Int.max
        }
    }

    private static func refusal<Value: ExpressibleByArgument>(
        _ name: String,
        _ isFlag: Bool,
        _ settings: Settings,
        _ value: Value,
        _ least: Value,
        _ most: Value
    ) -> any Error {
        settings.refusal(
            name,
            isFlag: isFlag,
            "is \(value.defaultValueDescription); it must be from \(least.defaultValueDescription) to \(most.defaultValueDescription)."
        )
    }
}
