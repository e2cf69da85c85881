import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsageMetrics

extension Setting {
    /// All settings, sorted by name: the only list of them.
    ///
    /// Flags, variables, the configuration file, its schema, `config show` and `config check` follow it. Defaults and
    /// ranges that the gateway knows are read from there.
    static let all: [Setting] = (access + storage + budgets + network + logs + metrics + limits + commands).sorted {
        $0.name < $1.name
    }

    /// The setting for routes.
    static let routes = Setting(
        name: "routes",
        kind: .document,
        summary: "Other upstreams by the beginning of the path, each with its key; the route / stands for upstream."
    )

    private static let access: [Setting] = [
        Setting(
            name: "admin-allow-anyone",
            kind: .boolean,
            summary: "Let operators from other machines in without a token.",
            standard: "false"
        ),
        Setting(
            name: "admin-tls-cert",
            kind: .path("the path of a PEM file"),
            summary: "The certificate of the listener for operators."
        ),
        Setting(
            name: "admin-tls-key",
            kind: .path("the path of a PEM file"),
            summary: "The key of that certificate, if it is in a file of its own."
        ),
        Setting(
            name: "admin-token-file",
            kind: .path("the path of a file with one token a line"),
            summary: "The tokens of operators: a gateway accepts each of them, other commands send the first.",
            scope: .all
        ),
        Setting(
            name: "allow-anyone",
            kind: .boolean,
            summary: "Let clients from other machines in without a token.",
            standard: "false"
        ),
        Setting(
            name: "allowed-host",
            kind: .list(#"an array of names, as in ["host.docker.internal"]"#),
            summary: "Names that the gateway may be called by besides localhost and its own address."
        ),
        Setting(
            name: "client-token-file",
            kind: .path("the path of a file with one token a line"),
            summary: "The tokens of which each client needs one."
        ),
        Setting(
            name: "tls-cert",
            kind: .path("the path of a PEM file"),
            summary: "The certificate of the listener for clients."
        ),
        Setting(
            name: "tls-key",
            kind: .path("the path of a PEM file"),
            summary: "The key of that certificate, if it is in a file of its own."
        ),
        routes,
    ]

    private static let storage: [Setting] = [
        Setting(
            name: "durability",
            kind: .choice(GatewayConfiguration.Durability.allCases.map(\.rawValue)),
            summary: "What the last bytes of a response wait for: the ledger or its journal, the disk, or nothing.",
            standard: standards?.durability.rawValue
        ),
        Setting(
            name: "keep",
            kind: .time(86_400_000...(36_500 * 86_400_000)),
            summary: "How long the rows of calls are kept; their sums stay. Without it, forever."
        ),
        Setting(
            name: "keep-size",
            kind: .size(16 << 20...1 << 60),
            summary: "The greatest size of the ledger; the oldest rows go first. Without it, no limit."
        ),
        Setting(
            name: "ledger",
            kind: .path(#"the path of a file, or "none" for a gateway without a ledger"#),
            summary: "The ledger's file. Without it, oai-usage/ledger.db in $XDG_DATA_HOME or ~/.local/share.",
            scope: .all
        ),
        Setting(
            name: "prices",
            kind: .list("an array of paths of price files"),
            summary: "Price files that go before the built-in prices, the last one first.",
            scope: .all
        ),
    ]

    private static let budgets: [Setting] = [
        Setting(
            name: "budget",
            kind: .list(#"an array of budgets, as in ["all=1000/month", "search=50/day project=search"]"#),
            summary: "Amounts in US dollars that are watched: NAME=AMOUNT/UNIT and conditions, as in all=1000/month.",
            scope: .all
        ),
        Setting(
            name: "budget-digest",
            kind: .choice(["none", "day", "week"]),
            summary: "How often a message sums up the budgets.",
            standard: "none"
        ),
        Setting(
            name: "budget-webhook-file",
            kind: .path("the path of a file with a URL"),
            summary: "The URL that messages on budgets are sent to by POST; it stands in a file, since it is a secret."
        ),
        Setting(
            name: "budget-webhook-format",
            kind: .choice(["json", "slack"]),
            summary: "The shape of those messages.",
            standard: "json"
        ),
    ]

    private static let metrics: [Setting] = [
        Setting(
            name: "metrics-created",
            kind: .boolean,
            summary: "Tell when counters and histograms began (_created), in OpenMetrics.",
            standard: "false"
        ),
        Setting(
            name: "metrics-gen-ai",
            kind: .boolean,
            summary: "Have calls also under OpenTelemetry's names (gen_ai_client_...).",
            standard: "false"
        ),
        Setting(
            name: "metrics-keys",
            kind: .boolean,
            summary: "Have the cost by masked key among the metrics.",
            standard: "false"
        ),
        Setting(
            name: "metrics-label-sets",
            kind: .number(10...10_000),
            summary: "The most sets of project, model and operation in a family; models beyond are counted as other.",
            standard: String(MetricsLimits().labelSets)
        ),
        Setting(
            name: "metrics-models",
            kind: .number(1...1_000),
            summary: "The most models with metrics of their own.",
            standard: String(MetricsLimits().models)
        ),
        Setting(
            name: "metrics-projects",
            kind: .number(1...1_000),
            summary: "The most projects with metrics of their own.",
            standard: String(MetricsLimits().projects)
        ),
        Setting(
            name: "metrics-tag",
            kind: .list(#"an array of names, as in ["team"]"#),
            summary: "Tags whose values have their cost among the metrics."
        ),
    ]

    private static let network: [Setting] = [
        Setting(
            name: "admin",
            kind: .address,
            summary: "Where metrics and health are served, and where other commands find the gateway.",
            standard: standards?.admin.description,
            scope: .all
        ),
        Setting(
            name: "include-usage",
            kind: .boolean,
            summary: "Make streaming chat requests report their usage.",
            standard: "true"
        ),
        Setting(
            name: "key-project",
            kind: .pairs,
            summary: "Projects of keys, by the last four characters of a key or by its digest."
        ),
        Setting(
            name: "listen",
            kind: .address,
            summary: "Where clients connect.",
            standard: standards?.listen.description
        ),
        Setting(
            name: "upstream",
            kind: .url,
            summary: "The API that calls are forwarded to.",
            standard: standards?.upstream.description
        ),
        Setting(
            name: "upstream-ca",
            kind: .path("the path of a PEM file"),
            summary:
                "Certificates to trust instead of the system's; as for curl, CURL_CA_BUNDLE and SSL_CERT_FILE count too."
        ),
        Setting(
            name: "workers",
            kind: .workers,
            summary: "The number of threads that carry calls; auto uses one a core.",
            standard: "1"
        ),
    ]

    private static let logs: [Setting] = [
        Setting(
            name: "access-log",
            kind: .path(#"the path of a file, or "-" for the standard output"#),
            summary: "Write a line of JSON for every call to this file. Without it, none is written."
        ),
        Setting(
            name: "log-format",
            kind: .choice(LogFormat.allCases.map(\.rawValue)),
            summary: "How the log is written; auto is text on a terminal and JSON elsewhere.",
            standard: LogFormat.auto.rawValue
        ),
        Setting(
            name: "log-level",
            kind: .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
            summary: "The least level that is logged.",
            standard: "info"
        ),
    ]

    private static let commands: [Setting] = [
        Setting(
            name: "admin-ca",
            kind: .path("the path of a PEM file"),
            summary: "Certificates that vouch for the gateways whose ledgers are read, besides the system's.",
            scope: .commands
        ),
        Setting(
            name: "currency-rates",
            kind: .path("the path of a JSON file"),
            summary: "What one US dollar is worth in other currencies from a day on, for --currency.",
            scope: .commands
        ),
        Setting(
            name: "timezone",
            kind: .timeZone,
            summary: "The time zone of days and of times without one; as elsewhere, TZ counts too.",
            standard: "UTC",
            scope: .commands
        ),
    ]

    // MARK: - Limits

    private static let limits: [Setting] = [
        time("body-timeout", \.limits.bodyMilliseconds, "How long a client may be silent within its request's body."),
        time("connect-timeout", \.connectTimeoutMilliseconds, "How long connecting to the upstream may take."),
        time(
            "drain",
            \.drainMilliseconds,
            atLeast: 0,
            "How long a stream is read on after its client has gone; a plain response 2m at least."
        ),
        size(
            "drain-size",
            \.disconnectBytes,
            1 << 10...1 << 40,
            "The most bytes that are read of a response after its client has gone."
        ),
        number("head-fields", \.headFields, 8...10_000, "The most fields of a head."),
        size("head-size", \.headBytes, 1 << 10...16 << 20, "The longest head of a request or a response."),
        time("head-timeout", \.limits.headMilliseconds, "How long a request's head may take."),
        size(
            "held-bodies",
            \.heldBodyBytes,
            64 << 10...1 << 40,
            "The most bytes of request bodies that are held together to be sent again or rewritten."
        ),
        time("keep-alive", \.limits.keepAliveMilliseconds, "How long a client's connection is kept between two calls."),
        number("max-connections", \.connections, 1...1_000_000, "The most connections of clients."),
        number(
            "max-connections-per-address",
            \.connectionsPerAddress,
            1...1_000_000,
            "The most connections of one address."
        ),
        number(
            "max-drains",
            \.disconnects,
            1...1_000_000,
            "The most responses that are read on at once after their clients have gone, per worker."
        ),
        number(
            "max-upstream-connections",
            \.upstreamConnections,
            1...1_000_000,
            "The most connections to one upstream, per worker."
        ),
        number(
            "max-waiting-calls",
            \.waitingCalls,
            0...1_000_000,
            "The most calls that wait for a connection to one upstream, per worker."
        ),
        time("response-timeout", \.responseTimeoutMilliseconds, "How long the upstream may stay silent."),
        time("shutdown-timeout", \.shutdownMilliseconds, atLeast: 0, "How long a shutdown waits for calls in flight."),
        time("write-timeout", \.limits.writeMilliseconds, "How long a client may take nothing of its response."),
    ]

    /// The gateway's defaults.
    private static let standards = Upstream("https://api.openai.com").map { GatewayConfiguration(upstream: $0) }

    /// The longest duration that makes sense for a time limit: 30 days.
    static let longestTime: Int64 = 30 * 86_400_000

    private static func time(
        _ name: String,
        _ path: KeyPath<GatewayConfiguration, Int64>,
        atLeast least: Int64 = 1,
        _ summary: String
    ) -> Setting {
        let standard = standards.map { DurationArgument(milliseconds: $0[keyPath: path]).text }
        return Setting(name: name, kind: .time(least...longestTime), summary: summary, standard: standard)
    }

    private static func size(
        _ name: String,
        _ path: KeyPath<GatewayLimits, Int>,
        _ range: ClosedRange<Int>,
        _ summary: String
    ) -> Setting {
        let standard = ByteCount(GatewayLimits()[keyPath: path]).defaultValueDescription
        return Setting(name: name, kind: .size(range), summary: summary, standard: standard)
    }

    private static func number(
        _ name: String,
        _ path: KeyPath<GatewayLimits, Int>,
        _ range: ClosedRange<Int>,
        _ summary: String
    ) -> Setting {
        let standard = String(GatewayLimits()[keyPath: path])
        return Setting(name: name, kind: .number(range), summary: summary, standard: standard)
    }
}
