/// How a gateway listens, where it forwards, and what it promises.
public struct GatewayConfiguration: Sendable {
    /// What a completed response waits for.
    public enum Durability: String, Sendable, CaseIterable {
        /// The last bytes wait until the row is in the ledger, or in its journal (`LedgerOptions.keepsJournal`); a crash of the
        /// process loses no completed call.
        case committed
        /// The last bytes wait until the disk has the row's commit; a loss of power loses no completed call.
        case fsync
        /// The last bytes wait for nothing.
        case buffered
    }

    /// Requests that are sent once more, on a fresh connection, when a pooled one closes before a byte of its response.
    public enum Replays: String, Sendable, CaseIterable {
        /// Every request whose body is still held, as the official SDKs and curl do themselves.
        case all
        /// Those whose method is idempotent, or that have an `Idempotency-Key`.
        case idempotent
        /// None.
        case none
    }

    /// An address to listen on.
    public struct Address: Sendable, Equatable, CustomStringConvertible {
        /// The host: a name or an address.
        public var host: String
        /// The port; 0 picks a free one.
        public var port: Int

        /// Creates an address.
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// The address as `host:port`.
        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// Where clients connect.
    public var listen = Address(host: "127.0.0.1", port: 8787)
    /// Where metrics and health are served.
    public var admin = Address(host: "127.0.0.1", port: 10464)
    /// Where calls are forwarded.
    public var upstream: Upstream
    /// A file with the certificates to trust instead of the system's, as PEM text.
    public var trustRoots: String?
    /// A folder of files with certificates to trust instead of the system's, beside those of ``trustRoots``.
    public var trustFolder: String?
    /// The proxy between the gateway and the upstream; `nil` for none, whatever the environment says.
    public var proxy: UpstreamProxy?
    /// What a completed response waits for.
    public var durability = Durability.committed
    /// The longest that a response waits for its commit, in milliseconds; later ones are counted.
    public var commitDeadlineMilliseconds: Int64 = 50
    /// After how many milliseconds an open call gets its interim row.
    public var openRowMilliseconds: Int64 = 250
    /// How long a connection to the upstream may take, in milliseconds.
    public var connectTimeoutMilliseconds: Int64 = 10_000
    /// How long the upstream may stay silent before and within a response, in milliseconds.
    public var responseTimeoutMilliseconds: Int64 = 600_000
    /// How long a stream is read on after its client has gone, to learn its usage, in milliseconds; 0 aborts at once.
    public var drainMilliseconds: Int64 = 5_000
    /// How soon behind its request a client that ends its side is taken as one that reads on, in milliseconds; later it is
    /// taken as gone.
    ///
    /// The two look alike on the wire. Who ends its side because it has nothing more to say does so at once; who gives up does
    /// so later, and each call that it gave up would go on at the upstream.
    public var halfCloseMilliseconds: Int64 = 250
    /// How long the head of a stream that tells its length waits for the first byte, in milliseconds.
    ///
    /// Until then a body that is none of a stream can keep its length, and a refusal can be told apart. It counts for calls that
    /// the gateway makes ask for usage.
    package var streamHeadMilliseconds: Int64 = 20
    /// How long a shutdown waits for calls in flight, in milliseconds.
    public var shutdownMilliseconds: Int64 = 30_000
    /// How long an idle connection to the upstream is kept, in milliseconds.
    public var idleMilliseconds: Int64 = 60_000
    /// Whether streaming chat requests that do not ask for usage are made to ask.
    public var includesUsage = true
    /// What the data plane holds and waits for at most.
    public var limits = GatewayLimits()
    /// Which requests are sent once more when a pooled connection turns out to be closed.
    public var replays = Replays.all
    /// How long a connection to the upstream is used, in milliseconds, so that its name is resolved anew.
    public var connectionAgeMilliseconds: Int64 = 600_000
    /// The number of event loops that carry calls, each on a thread of its own.
    public var workers = 1

    // MARK: - Access and routes

    /// The access rules of both listeners.
    public var access = GatewayAccess()
    /// The key that replaces whatever credentials clients send to ``upstream``; `nil` if they bring their own.
    public var upstreamKey: UpstreamKey?
    /// Upstreams by the beginning of a path; every other path goes to ``upstream``.
    public var routes: [GatewayRoute] = []

    // MARK: - Records

    /// The project of calls that name none, by the last four characters of their key or by its digest.
    public var projectsByKey: [String: String] = [:]

    /// Creates a configuration with the defaults.
    public init(upstream: Upstream) {
        self.upstream = upstream
    }
}
