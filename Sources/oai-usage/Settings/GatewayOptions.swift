import ArgumentParser
import Logging
import OpenAIUsageGateway

/// The flags of a gateway.
struct GatewayOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where clients connect. (default: 127.0.0.1:8787)", valueName: "host:port"))
    var listen: GatewayConfiguration.Address?

    @Option(
        help: ArgumentHelp("Where metrics and health are served. (default: 127.0.0.1:10464)", valueName: "host:port")
    )
    var admin: GatewayConfiguration.Address?

    @Option(help: ArgumentHelp("The API that is forwarded to. (default: https://api.openai.com)", valueName: "url"))
    var upstream: Upstream?

    @Option(help: ArgumentHelp("The certificates to trust instead of the system's.", valueName: "file"))
    var upstreamCa: String?

    @Option(help: "What a response's last bytes wait for: committed, fsync or buffered. (default: committed)")
    var durability: GatewayConfiguration.Durability?

    @Option(
        help: ArgumentHelp("How long a stream is read on after its client has gone. (default: 5s)", valueName: "time")
    )
    var drain: SpanOfTime?

    @Option(help: ArgumentHelp("How long connecting may take. (default: 10s)", valueName: "time"))
    var connectTimeout: SpanOfTime?

    @Option(help: ArgumentHelp("How long the upstream may stay silent. (default: 10m)", valueName: "time"))
    var responseTimeout: SpanOfTime?

    @Option(help: ArgumentHelp("How long a shutdown waits for open calls. (default: 30s)", valueName: "time"))
    var shutdownTimeout: SpanOfTime?

    @Option(
        help: ArgumentHelp("The project of a key, by its last four characters; repeatable.", valueName: "key=project")
    )
    var keyProject: [String] = []

    @Option(help: "How many threads carry calls. (default: 1)")
    var threads: ThreadCount?

    @Flag(inversion: .prefixedNo, help: "Make streaming chat requests report their usage. (default: --include-usage)")
    var includeUsage: Bool?

    @Option(
        help: ArgumentHelp(
            "The least level that is logged: trace, debug, info, notice, warning, error, critical. (default: info)"
        )
    )
    var logLevel: Logger.Level?

    /// The configuration that the flags and the settings give together.
    func configuration(_ settings: Settings) throws -> GatewayConfiguration {
        guard let standard = Upstream("https://api.openai.com") else {
            throw CommandFailure("The default upstream is not a URL.")
        }
        var result = GatewayConfiguration(
            upstream: try settings.value("upstream", upstream, otherwise: standard)
        )
        result.listen = try settings.value("listen", listen, otherwise: result.listen)
        result.admin = try settings.value("admin", admin, otherwise: result.admin)
        if result.upstream.isEncrypted {
            // The variables of the command curl, in its order.
            let bundle = upstreamCa ?? settings.text("upstream-ca") ?? settings.variable("CURL_CA_BUNDLE")
            result.trustRoots = bundle ?? settings.variable("SSL_CERT_FILE")
            result.trustFolder = bundle == nil ? settings.variable("SSL_CERT_DIR") : nil
        }
        result.proxy = try UpstreamProxy.environment(for: result.upstream, variable: settings.variable)
        result.durability = try settings.value("durability", durability, otherwise: result.durability)
        func milliseconds(_ path: WritableKeyPath<GatewayConfiguration, Int64>, _ value: SpanOfTime) {
            result[keyPath: path] = value.milliseconds
        }
        func span(_ path: KeyPath<GatewayConfiguration, Int64>) -> SpanOfTime {
            SpanOfTime(milliseconds: result[keyPath: path])
        }
        milliseconds(\.drainMilliseconds, try settings.value("drain", drain, otherwise: span(\.drainMilliseconds)))
        milliseconds(
            \.connectTimeoutMilliseconds,
            try settings.value("connect-timeout", connectTimeout, otherwise: span(\.connectTimeoutMilliseconds))
        )
        milliseconds(
            \.responseTimeoutMilliseconds,
            try settings.value("response-timeout", responseTimeout, otherwise: span(\.responseTimeoutMilliseconds))
        )
        milliseconds(
            \.shutdownMilliseconds,
            try settings.value("shutdown-timeout", shutdownTimeout, otherwise: span(\.shutdownMilliseconds))
        )
        result.threads = try settings.value("threads", threads, otherwise: ThreadCount(1)).value
        result.includesUsage = try settings.flag("include-usage", includeUsage, otherwise: true)
        for pair in settings.pairs("key-project") + keyProject {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else {
                throw ValidationError("\"\(pair)\" is not KEY=PROJECT, as in WXYZ=proj_search.")
            }
            result.projectsByKey[String(parts[0])] = String(parts[1])
        }
        return result
    }

    /// The least level that is logged.
    func level(_ settings: Settings) throws -> Logger.Level {
        try settings.value("log-level", logLevel, otherwise: .info)
    }
}

/// A number of threads: 1 to 64.
struct ThreadCount: ExpressibleByArgument {
    var value: Int

    init(_ value: Int) {
        self.value = value
    }

    init?(argument: String) {
        guard let value = Int(argument), 1...64 ~= value else { return nil }
        self.value = value
    }
}
