import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsagePricing

/// A client of the provider's admin API.
struct ProviderClient {
    /// The environment variable with the admin key.
    static let keyVariable = "OPENAI_ADMIN_KEY"

    /// An answer as it was received.
    struct Answer {
        var kind: String
        /// The path and query.
        var target: String
        var text: String
        var root: JSONDocument.Value
        /// The time of the answer in microseconds since 1970.
        var fetchedAt: Int64
    }

    private static let maximumAnswer = 256 << 20
    private static let maximumPages = 10_000
    private static let timeout = TimeAmount.seconds(60)

    private let upstream: Upstream
    private let key: String
    private let client: SimpleClient
    private let retry: ProviderRetry
    private let clock: any UsageClock
    private let sleep: @Sendable (Duration) async throws -> Void
    /// Called for each pause, and each answer.
    private let tell: @Sendable (String) -> Void

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - upstream: The API.
    ///   - key: The admin key; `nil` if the environment has none.
    ///   - retry: The decision on failed requests.
    ///   - clock: The clock.
    ///   - sleep: Waits for a duration. It throws when the task is cancelled.
    ///   - tell: Called with notes about the progress.
    /// - Throws: A ``CommandFailure`` for a missing or unusable key, or one that would be sent unencrypted.
    init(
        _ upstream: Upstream,
        key: String?,
        retry: ProviderRetry = ProviderRetry(),
        clock: any UsageClock = SystemUsageClock(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        tell: @escaping @Sendable (String) -> Void
    ) throws {
        let trimmed = (key ?? "").split { $0 == " " || $0 == "\n" || $0 == "\r" || $0 == "\t" }
        guard let key = trimmed.first else {
            throw CommandFailure(
                "\(Self.keyVariable) is not set: the provider shows usage and costs to an admin key only (sk-admin-...), which an owner of the organization creates. Without one, compare with saved answers: --file."
            )
        }
        guard trimmed.count == 1, key.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
            throw CommandFailure("\(Self.keyVariable) is not a key: it has blanks or other characters that no key has.")
        }
        let address = GatewayConfiguration.Address(host: upstream.host, port: upstream.port)
        guard upstream.isEncrypted || address.isLoopback else {
            throw CommandFailure("An admin key is not sent unencrypted to \(upstream); use an https URL.")
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        self.upstream = upstream
        self.key = String(key)
        self.retry = retry
        self.clock = clock
        self.sleep = sleep
        self.tell = tell
        let isUsualPort = upstream.port == (upstream.isEncrypted ? 443 : 80)
        client = SimpleClient(
            group: MultiThreadedEventLoopGroup.singleton,
            host: upstream.host,
            port: upstream.port,
            authority: isUsualPort ? upstream.host : nil,
            tls: upstream.isEncrypted ? try NIOSSLContext(configuration: tls) : nil
        )
    }

    /// Fetches the buckets of a range.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - width: The length of a bucket.
    ///   - from: The start in seconds since 1970.
    ///   - to: The end, exclusive.
    ///   - received: Called with each answer.
    /// - Returns: The buckets; `nil` if the provider has no such resource.
    /// - Throws: A ``CommandFailure`` that says what to do.
    func buckets(
        _ kind: ProviderKind,
        width: ProviderWidth,
        from: Int64,
        to: Int64,
        received: (Answer) throws -> Void
    ) async throws -> [ProviderBucket]? {
        let groups = kind.groups.map { "&group_by%5B%5D=\($0)" }.joined()
        let query =
            "start_time=\(from)&end_time=\(to)&bucket_width=\(width.parameter)&limit=\(width.limit(kind))\(groups)"
        var set = ProviderBucketSet()
        // A provider may answer with shorter buckets than it was asked for, and a few pages without any.
        let mostBuckets = Int((to - from) / ProviderWidth.hour.seconds) + 2
        var bytes = 0
        var answeredAt: Int64 = 0
        var pages: Set<String> = []
        var page: String?
        repeat {
            let cursor = page.map { "&page=\(Self.encoded($0))" } ?? ""
            guard let answer = try await get("\(kind.path)?\(query)\(cursor)", kind: kind.rawValue) else { return nil }
            try received(answer)
            answeredAt = max(answeredAt, answer.fetchedAt)
            bytes += answer.text.utf8.count
            guard bytes <= ProviderLimits.bytes else {
                throw CommandFailure(
                    "\(upstream) answers about \(kind.rawValue) with more than \(ProviderLimits.bytes >> 20) MiB; try a shorter period."
                )
            }
            let parsed: ProviderPage
            do throws(ProviderDataError) {
                parsed = try ProviderPage(answer.root, kind: kind, fetchedAt: answer.fetchedAt)
                for bucket in parsed.buckets { try set.add(bucket) }
                try set.check(from: from, to: to)
            } catch {
                throw notUnderstood(kind, "\(error)")
            }
            guard set.buckets.count <= mostBuckets else {
                throw notUnderstood(kind, "It has more buckets than the period has hours.")
            }
            page = parsed.nextPage
            if let page, !pages.insert(page).inserted || pages.count > mostBuckets {
                throw CommandFailure(
                    "\(upstream) gives pages of \(kind.rawValue) without an end; try a shorter period."
                )
            }
            if parsed.hasMore, page == nil {
                throw CommandFailure(
                    "\(upstream) says that there is more of \(kind.rawValue), and not where; try again."
                )
            }
        } while page != nil
        // All pages are one answer, whose time is that of its last part.
        return set.buckets.map { bucket in
            var bucket = bucket
            bucket.fetchedAt = answeredAt
            return bucket
        }
    }

    private func notUnderstood(_ kind: ProviderKind, _ problem: String) -> CommandFailure {
        CommandFailure(
            "\(upstream) gave an answer about \(kind.rawValue) that is not understood, and nothing of it is kept: \(masked(problem))"
        )
    }

    /// Returns a text without keys.
    func masked(_ text: String) -> String { KeyMask(key: key).masked(text) }

    /// Fetches the keys of a project, redacted, by their identity.
    func keys(project: String, received: (Answer) throws -> Void) async throws -> [String: String] {
        var keys: [String: String] = [:]
        var after: String?
        var bytes = 0
        for _ in 0..<Self.maximumPages {
            let cursor = after.map { "&after=\(Self.encoded($0))" } ?? ""
            let target = "/v1/organization/projects/\(Self.encoded(project))/api_keys?limit=100\(cursor)"
            guard let answer = try await get(target, kind: "api_keys") else { return keys }
            try received(answer)
            bytes += answer.text.utf8.count
            guard bytes <= ProviderLimits.bytes else {
                throw CommandFailure("\(upstream) lists keys of \(TextFit.clean(project)) without an end.")
            }
            let page = ProviderKeys.keys(answer.root)
            keys.merge(page.keys) { $1 }
            guard let last = page.next, last != after else { return keys }
            after = last
        }
        return keys
    }

    // MARK: - Requests

    private func get(_ path: String, kind: String) async throws -> Answer? {
        let target = upstream.pathPrefix + (upstream.version.isEmpty ? path : String(path.dropFirst("/v1".count)))
        let headers: HTTPHeaders = ["Authorization": "Bearer \(key)", "Accept": "application/json"]
        for attempt in 1... {
            var failure = "it did not answer."
            var answer = SimpleClient.Answer()
            do {
                answer = try await client.send(
                    .GET,
                    target,
                    headers: headers,
                    limit: Self.maximumAnswer + 1,
                    timeout: Self.timeout
                )
                if answer.isTimedOut {
                    failure = "it did not answer within \(Self.timeout.nanoseconds / 1_000_000_000) s."
                }
                if let error = answer.failure { failure = Self.sentence(error) }
            } catch {
                failure = Self.sentence(error)
            }
            guard answer.body.count <= Self.maximumAnswer else {
                throw CommandFailure("\(upstream) answered with more than 256 MiB; try a shorter period.")
            }
            let isWhole = answer.isComplete && answer.failure == nil
            let text = masked(String(decoding: answer.body, as: UTF8.self))
            var root: JSONDocument.Value?
            do throws(JSONDocumentError) {
                root = isWhole ? try JSONDocument(parsing: text).root.value : nil
            } catch {
                // The same question would have the same answer.
                guard answer.status != 200 else { throw unreadable(kind, error) }
            }
            if isWhole, answer.status == 200, let root {
                return Answer(kind: kind, target: target, text: text, root: root, fetchedAt: clock.wallMicroseconds)
            }
            if isWhole, answer.status == 404, kind != ProviderKind.costs.rawValue { return nil }
            let error = root?["error"]
            let decision = retry.decision(
                attempt: attempt,
                status: isWhole && answer.status != 200 ? answer.status : nil,
                headers: answer.headers,
                code: error?["code"]?.string,
                now: clock.wallMicroseconds / 1_000_000
            )
            guard case .wait(let milliseconds) = decision else {
                throw refusal(isWhole ? answer.status : nil, error?["message"]?.string ?? error?.string, failure)
            }
            if milliseconds >= 2_000 {
                let again = "\(kind) again in \((milliseconds + 999) / 1_000) s."
                let status = isWhole ? answer.status : nil
                switch status {
                case nil, 200?: tell("\(upstream) cannot be asked: \(masked(failure)) Asking for \(again)")
                case 429?: tell("\(upstream) asks to wait: \(again)")
                case let status?: tell("\(upstream) answered with the status \(status): \(again)")
                }
            }
            try await sleep(.milliseconds(milliseconds))
        }
        return nil
    }

    private func refusal(_ status: Int?, _ message: String?, _ failure: String) -> CommandFailure {
        let said = message.map { " It says: \(TextFit.prefix(TextFit.clean(masked($0)), width: 300))" } ?? ""
        switch status {
        case nil, 200?:
            return CommandFailure(
                "\(upstream) cannot be asked: \(masked(failure)) See whether it can be reached from here."
            )
        case 401?:
            return CommandFailure(
                "\(upstream) does not accept the key in \(Self.keyVariable).\(said) Usage and costs need an admin key (sk-admin-...), which an owner of the organization creates; a project's key is not an admin key."
            )
        case 403?:
            return CommandFailure(
                "The key in \(Self.keyVariable) may not read usage and costs on \(upstream).\(said) Use an admin key (sk-admin-...) with the scope api.usage.read, not a project's key."
            )
        case 429?:
            return CommandFailure("\(upstream) limits the rate of requests.\(said) Try again later.")
        case let status?: return CommandFailure("\(upstream) answered with the status \(status).\(said)")
        }
    }

    private func unreadable(_ kind: String, _ error: JSONDocumentError) -> CommandFailure {
        CommandFailure(
            "\(upstream) answered about \(kind) with something other than JSON, at \(error). See whether it is the address of the API, and whether something on the way changes its answers."
        )
    }

    /// The error as a sentence within a sentence.
    private static func sentence(_ error: any Error) -> String {
        let text = TextFit.clean("\(ErrorMessage.explained(error))")
        let isName = text.dropFirst().first?.isUppercase ?? true
        return (isName ? String(text.prefix(1)) : text.prefix(1).lowercased()) + text.dropFirst()
            + (text.hasSuffix(".") ? "" : ".")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                return String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.utf8.count < 2 ? "0" : "") + digits
            }
        }.joined()
    }
}

/// The keys of projects, as the provider lists them.
enum ProviderKeys {
    /// Reads a list of keys.
    ///
    /// - Returns: The redacted keys by identity, and the identity after which the list continues.
    static func keys(_ root: JSONDocument.Value) -> (keys: [String: String], next: String?) {
        var keys: [String: String] = [:]
        for element in root["data"]?.elements ?? [] {
            guard let id = element["id"]?.string, let redacted = element["redacted_value"]?.string else { continue }
            keys[id] = redacted
        }
        guard case .bool(true)? = root["has_more"] else { return (keys, nil) }
        return (keys, root["last_id"]?.string ?? root["data"]?.elements.last?["id"]?.string)
    }

    /// Returns the names of keys: the hint of ours that fits, else the identity with what is shown of it.
    ///
    /// - Parameters:
    ///   - redacted: The redacted keys by identity.
    ///   - hints: The public prefixes and last four characters of our keys.
    /// - Returns: The names by identity.
    static func names(_ redacted: [String: String], hints: Set<String>) -> [String: String] {
        redacted.reduce(into: [:]) { names, key in
            let fitting = hints.filter { fits(key.value, $0) }
            names[key.key] = fitting.count == 1 ? fitting.first : "\(key.key) (\(key.value))"
        }
    }

    /// True if two redactions may be of the same key: neither their beginnings nor their ends contradict one another.
    static func fits(_ redacted: String, _ hint: String) -> Bool {
        guard let a = parts(redacted), let b = parts(hint) else { return false }
        let begins = a.0.hasPrefix(b.0) || b.0.hasPrefix(a.0)
        let ends = a.1.hasSuffix(b.1) || b.1.hasSuffix(a.1)
        return begins && ends && !a.1.isEmpty && !b.1.isEmpty
    }

    private static func parts(_ text: String) -> (String, String)? {
        let hidden: (Character) -> Bool = { $0 == "." || $0 == "*" || $0 == "…" || $0 == "•" }
        guard let first = text.firstIndex(where: hidden), let last = text.lastIndex(where: hidden) else { return nil }
        return (String(text[..<first]), String(text[text.index(after: last)...]))
    }
}
