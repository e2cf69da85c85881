import OpenAIUsage

/// The configuration of a gateway: its listeners, upstreams, limits and guarantees.
public struct GatewayConfiguration: Sendable {
    /// The condition under which the last bytes of a complete response are sent.
    public enum Durability: String, Sendable, CaseIterable {
        /// The row is in the ledger, or in its journal (`LedgerOptions.keepsJournal`); a crash of the process loses no
        /// completed call.
        case committed
        /// The disk has confirmed the row's commit; a power failure loses no completed call.
        case fsync
        /// None: the last bytes do not wait for the ledger.
        case buffered
    }

    /// The requests that are sent again, once, on a new connection if a pooled one closes before the response's first byte.
    public enum Replays: String, Sendable, CaseIterable {
        /// Every request whose body is still buffered, as the official SDKs and curl do themselves.
        case all
        /// Requests with an idempotent method or an `Idempotency-Key`.
        case idempotent
        /// No request.
        case none
    }

    /// An address to listen on.
    public struct Address: Sendable, Equatable, CustomStringConvertible {
        /// The host: a name or an IP address.
        public var host: String
        /// The port; 0 picks a free one.
        public var port: Int

        /// Creates an address.
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// The address as `host:port`, with brackets around an IPv6 address.
        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// The address of the listener for clients.
    public var listen = Address(host: "127.0.0.1", port: 8787)
    /// The address of the listener for operators: metrics, health and reports.
    public var admin = Address(host: "127.0.0.1", port: 10464)
    /// The upstream of the calls that no route matches.
    public var upstream: Upstream
    /// A PEM file with certificates to trust instead of the system's.
    public var trustRoots: String?
    /// A folder of PEM files with certificates to trust instead of the system's, in addition to ``trustRoots``.
    public var trustFolder: String?
    /// The proxy between the gateway and the upstream; `nil` for none, regardless of the environment.
    public var proxy: UpstreamProxy?
    /// The condition under which the last bytes of a complete response are sent.
    public var durability = Durability.committed
    /// The longest time that a response waits for its commit; 50 ms by default.
    ///
    /// Responses that are sent without it are counted.
    public var commitDeadline: Duration {
        get { .milliseconds(commitDeadlineMilliseconds) }
        set { commitDeadlineMilliseconds = newValue.milliseconds }
    }
    package var commitDeadlineMilliseconds: Int64 = 50
    /// The time after which a call in flight gets its in-flight row; 250 ms by default.
    public var openRowDelay: Duration {
        get { .milliseconds(openRowMilliseconds) }
        set { openRowMilliseconds = newValue.milliseconds }
    }
    package var openRowMilliseconds: Int64 = 250
    /// The timeout for a connection to the upstream, including proxy and TLS; 10 seconds by default.
    public var connectTimeout: Duration {
        get { .milliseconds(connectTimeoutMilliseconds) }
        set { connectTimeoutMilliseconds = newValue.milliseconds }
    }
    package var connectTimeoutMilliseconds: Int64 = 10_000
    /// The longest silence of the upstream before and within a response; 10 minutes by default.
    public var responseTimeout: Duration {
        get { .milliseconds(responseTimeoutMilliseconds) }
        set { responseTimeoutMilliseconds = newValue.milliseconds }
    }
    package var responseTimeoutMilliseconds: Int64 = 600_000
    /// The time for which a stream is read after its client disconnected; 5 seconds by default.
    ///
    /// The rest of the stream carries its usage. 0 aborts at once.
    public var disconnectGrace: Duration {
        get { .milliseconds(drainMilliseconds) }
        set { drainMilliseconds = newValue.milliseconds }
    }
    package var drainMilliseconds: Int64 = 5_000
    /// The time after a request within which a half-close means that the client still reads; 250 ms by default.
    ///
    /// A later one counts as a disconnect. The two look alike on the wire: a client that has nothing more to say half-closes at
    /// once, one that gives up does so later, and every call that it gave up would go on at the upstream.
    public var halfCloseWindow: Duration {
        get { .milliseconds(halfCloseMilliseconds) }
        set { halfCloseMilliseconds = newValue.milliseconds }
    }
    package var halfCloseMilliseconds: Int64 = 250
    /// The time for which the head of a stream with a `Content-Length` waits for the first byte, in milliseconds.
    ///
    /// Until then a body that turns out to be no stream can keep its length, and a rejection can be recognized. Applies to
    /// calls that the gateway makes ask for usage.
    package var streamHeadMilliseconds: Int64 = 20
    /// The time limit of a graceful shutdown for calls in flight; 30 seconds by default.
    public var shutdownTimeout: Duration {
        get { .milliseconds(shutdownMilliseconds) }
        set { shutdownMilliseconds = newValue.milliseconds }
    }
    package var shutdownMilliseconds: Int64 = 30_000
    /// The time after which an idle connection to the upstream is closed; 60 seconds by default.
    public var idleTimeout: Duration {
        get { .milliseconds(idleMilliseconds) }
        set { idleMilliseconds = newValue.milliseconds }
    }
    package var idleMilliseconds: Int64 = 60_000
    /// True to ask for usage in streaming chat requests that do not.
    public var includesUsage = true
    /// The limits of the data plane.
    public var limits = GatewayLimits()
    /// The requests that are sent again when a pooled connection turns out to be closed.
    public var replays = Replays.all
    /// The maximum age of a connection to the upstream, so that changes in DNS take effect; 10 minutes by default.
    public var connectionAge: Duration {
        get { .milliseconds(connectionAgeMilliseconds) }
        set { connectionAgeMilliseconds = newValue.milliseconds }
    }
    package var connectionAgeMilliseconds: Int64 = 600_000
    /// The number of event loops that carry calls, each on its own thread.
    public var workers = 1

    // MARK: - Access and routes

    /// The access rules of both listeners.
    public var access = GatewayAccess()
    /// The key that replaces the credentials that clients send to ``upstream``; `nil` if they bring their own.
    public var upstreamKey: UpstreamKey?
    /// The upstreams by path prefix; every other path goes to ``upstream``.
    public var routes: [GatewayRoute] = []

    // MARK: - Records

    /// The projects of calls that name none, by the key's last four characters, its digest, or the digest's first six digits.
    public var projectsByKey: [String: String] = [:]

    /// Creates a configuration with default values.
    public init(upstream: Upstream) {
        self.upstream = upstream
    }
}
