import ArgumentParser
import Logging
import NIOCore
import OpenAIUsageGateway
import OpenAIUsageLedger

/// The flags of a gateway.
struct GatewayOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where clients connect. (default: 127.0.0.1:8787)", valueName: "host:port"))
    var listen: GatewayConfiguration.Address?

    @Option(
        help: ArgumentHelp("Where metrics and health are served. (default: 127.0.0.1:10464)", valueName: "host:port")
    )
    var admin: GatewayConfiguration.Address?

    @Option(help: ArgumentHelp("The API that is forwarded to. (default: https://api.openai.com)", valueName: "url"))
    var upstream: UpstreamArgument?

    @Option(
        help: ArgumentHelp("The certificates to trust instead of the system's.", valueName: "file"),
        completion: .file()
    )
    var upstreamCa: String?

    @Option(help: "What a response's last bytes wait for: committed, fsync or buffered. (default: committed)")
    var durability: GatewayConfiguration.Durability?

    @Option(
        help: ArgumentHelp(
            "How long a stream is read on after its client has gone; a plain response 2m at least. (default: 5s)",
            valueName: "time"
        )
    )
    var drain: DurationArgument?

    @Option(help: ArgumentHelp("How long connecting may take. (default: 10s)", valueName: "time"))
    var connectTimeout: DurationArgument?

    @Option(help: ArgumentHelp("How long the upstream may stay silent. (default: 10m)", valueName: "time"))
    var responseTimeout: DurationArgument?

    @Option(help: ArgumentHelp("How long a shutdown waits for calls in flight. (default: 30s)", valueName: "time"))
    var shutdownTimeout: DurationArgument?

    @Option(
        help: ArgumentHelp("The project of a key, by its last four characters; repeatable.", valueName: "key=project")
    )
    var keyProject: [String] = []

    @Option(
        help: ArgumentHelp(
            "The number of threads that carry calls; auto uses one a core. (default: 1)",
            valueName: "number|auto"
        )
    )
    var workers: WorkerCount?

    @Flag(inversion: .prefixedNo, help: "Make streaming chat requests report their usage. (default: --include-usage)")
    var includeUsage: Bool?

    @Option(
        help: ArgumentHelp(
            "The least level that is logged: trace, debug, info, notice, warning, error, critical. (default: info)"
        )
    )
    var logLevel: Logger.Level?

    // MARK: Logs and limits

    @Option(
        help: "How the log is written: text, json, or auto for text on a terminal and JSON elsewhere. (default: auto)"
    )
    var logFormat: LogFormat?

    @Option(
        help: ArgumentHelp(
            "Write a line of JSON for every call to a file, or to the standard output (-). (default: none)",
            valueName: "file"
        ),
        completion: .file()
    )
    var accessLog: String?

    @OptionGroup var limits: LimitOptions

    @OptionGroup(title: "Retention") var retention: RetentionOptions
    @OptionGroup(title: "Metrics") var metrics: MetricsOptions
    @OptionGroup(title: "Budgets") var budgets: BudgetOptions

    @OptionGroup(title: "Access") var access: AccessOptions

    func validate() throws {
        if let problem = upstream?.problem { throw ValidationError("--upstream: \(problem).") }
    }

    /// Returns the configuration that results from flags and settings.
    func configuration(_ settings: Settings) throws -> GatewayConfiguration {
        try configurationWithWarnings(settings).configuration
    }

    /// Returns the configuration, and warnings about the files that were read.
    ///
    /// - Parameters:
    ///   - settings: The settings that apply where flags are absent.
    ///   - readsCertificate: False to skip the certificates, which are reloaded separately.
    /// - Returns: The configuration and the warnings.
    /// - Throws: An error with the origin of the invalid value and the allowed values.
    func configurationWithWarnings(
        _ settings: Settings,
        readsCertificate: Bool = true
    ) throws -> (configuration: GatewayConfiguration, warnings: [String]) {
        let routes = try RouteSettings(settings)
        let upstream = try upstream(settings, routes)
        var result = GatewayConfiguration(upstream: upstream)
        result.upstreamKey = routes.standard?.key
        result.routes = routes.routes
        let access = try access.access(settings)
        result.access = access.access
        var warnings = routes.warnings + access.warnings
        if readsCertificate {
            let (clients, operators) = try (self.access.certificate(settings), self.access.adminCertificate(settings))
            result.access.certificate = clients?.certificate
            result.access.adminCertificate = operators?.certificate
            warnings += (clients?.warnings ?? []) + (operators?.warnings ?? [])
        }
        try read(settings, into: &result)
        try routes.validate(against: [("listen", result.listen), ("admin", result.admin)])
        try result.validateAccess()
        return (result, warnings)
    }

    /// Returns the upstream for paths that match no route.
    private func upstream(_ settings: Settings, _ routes: RouteSettings) throws -> Upstream {
        if let standard = routes.standard {
            // A key must not be sent to an upstream that is configured elsewhere.
            guard upstream == nil, settings.text("upstream") == nil else {
                throw CommandFailure(
                    "\(standard.place) and \(upstream == nil ? settings.place("upstream") : "--upstream") name the same upstream: leave one of them out."
                )
            }
            return standard.upstream
        }
        let standard = UpstreamArgument(argument: "https://api.openai.com")
        let argument = try settings.value("upstream", upstream, otherwise: standard)
        guard let upstream = argument.upstream, argument.problem == nil else {
            throw CommandFailure("\(settings.place("upstream")): \(argument.problem ?? "it is not a URL").")
        }
        return upstream
    }

    private func read(_ settings: Settings, into result: inout GatewayConfiguration) throws {
        let upstream = result.upstream
        result.listen = try settings.value("listen", listen, otherwise: result.listen)
        result.admin = try settings.value("admin", admin, otherwise: result.admin)
        for (name, address) in [("listen", result.listen), ("admin", result.admin)]
        where address.isReached(by: upstream) {
            throw CommandFailure(
                "\(settings.place("upstream")): it is the gateway's own --\(name) address, \(address)."
            )
        }
        if result.hasEncryptedUpstream {
            // The same environment variables as the curl command, in the same order.
            let bundle =
                settings.text("upstream-ca", upstreamCa) ?? settings.traced("upstream-ca", variable: "CURL_CA_BUNDLE")
            result.trustRoots = bundle ?? settings.traced("upstream-ca", variable: "SSL_CERT_FILE")
            result.trustFolder = bundle == nil ? settings.variable("SSL_CERT_DIR") : nil
        }
        result.proxy = try UpstreamProxy.environment(for: result.upstream, variable: settings.variable)
        result.durability = try settings.value("durability", durability, otherwise: result.durability)
        func milliseconds(_ path: WritableKeyPath<GatewayConfiguration, Int64>, _ value: DurationArgument) {
            result[keyPath: path] = value.milliseconds
        }
        func span(_ path: KeyPath<GatewayConfiguration, Int64>) -> DurationArgument {
            DurationArgument(milliseconds: result[keyPath: path])
        }
        milliseconds(\.drainMilliseconds, try settings.time("drain", drain, otherwise: span(\.drainMilliseconds)))
        milliseconds(
            \.connectTimeoutMilliseconds,
            try settings.time(
                "connect-timeout",
                connectTimeout,
                otherwise: span(\.connectTimeoutMilliseconds),
                atLeast: 1
            )
        )
        milliseconds(
            \.responseTimeoutMilliseconds,
            try settings.time(
                "response-timeout",
                responseTimeout,
                otherwise: span(\.responseTimeoutMilliseconds),
                atLeast: 1
            )
        )
        milliseconds(
            \.shutdownMilliseconds,
            try settings.time("shutdown-timeout", shutdownTimeout, otherwise: span(\.shutdownMilliseconds))
        )
        result.workers = try settings.value("workers", workers, otherwise: WorkerCount(1)).value ?? System.coreCount
        result.limits = try limits.limits(settings)
        result.includesUsage = try settings.flag("include-usage", includeUsage, otherwise: true)
        for (pairs, place) in [
            (settings.pairs("key-project"), settings.place("key-project")), (keyProject, "--key-project"),
        ] {
            for pair in pairs {
                let key: String
                let project: String
                do {
                    (key, project) = try Self.keyAndProject(pair)
                } catch {
                    throw ValidationError("\(place)\(error)")
                }
                result.projectsByKey[key] = project
            }
        }
        if !keyProject.isEmpty {
            let all = result.projectsByKey.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            settings.trace.note("key-project", all.joined(separator: ","), .flag("key-project"))
        }
    }

    /// Splits `KEY=PROJECT`; the key is identified by its last four characters or its digest.
    ///
    /// - Throws: A ``CommandFailure`` that is the end of a sentence about the setting.
    static func keyAndProject(_ pair: String) throws(CommandFailure) -> (key: String, project: String) {
        let parts = pair.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else {
            throw CommandFailure(": \"\(pair.prefix(100))\" is not KEY=PROJECT, as in WXYZ=proj_search.")
        }
        let key = parts[0].hasPrefix("#") ? parts[0].dropFirst() : parts[0]
        let isDigest = (key.count == 6 || key.count == 12) && key.allSatisfy(\.isHexDigit)
        guard isDigest || key.count == 4 else {
            throw CommandFailure(
                ": a key is named by its last four characters (WXYZ=proj_search) or by the digest that reports show behind it (5f2c9a=proj_search); \(key.count) characters are neither."
            )
        }
        return (isDigest ? key.lowercased() : String(key), String(parts[1]))
    }

    /// Returns the minimum log level.
    func level(_ settings: Settings) throws -> Logger.Level {
        try settings.value("log-level", logLevel, otherwise: .info)
    }

    /// Returns the format of the log.
    func format(_ settings: Settings) throws -> LogFormat {
        try settings.value("log-format", logFormat, otherwise: .auto)
    }

    /// Returns the path of the access log, `-` for stdout; `nil` for none.
    func accessLog(_ settings: Settings) -> String? { settings.text("access-log", accessLog) }
}
