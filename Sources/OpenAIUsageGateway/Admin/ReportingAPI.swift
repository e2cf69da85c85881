import HTTPTypes
import Hummingbird
import NIOCore
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The ledger's reports over HTTP, `/api/v1`, with the command line's flags as parameters and its JSON as answers.
///
/// The ledger is read on the readers' own threads, so that no event loop waits for it.
struct ReportingAPI: Sendable {
    /// The limits of the API.
    struct Limits: Sendable {
        /// The maximum number of requests served at once, more than two pages ask at once; others are rejected with 503.
        var concurrency = 12
        /// The maximum number of streams among them, so that slow clients leave room for other requests.
        var streams = 6
        /// The timeout for an answer, and for a client to accept a part of a stream.
        var deadline = Duration.seconds(60)
        /// The most groups of a report, each of which needs memory here for as long as its client reads.
        var groups = 40_000
    }

    /// The common prefix of all paths.
    static let prefix = "/api/v1"
    /// The path of the facts about the gateway, which are served without a ledger, too.
    static let statusPath = "\(prefix)/status"
    /// The path of the description of the API in OpenAPI.
    static let descriptionPath = "\(prefix)/openapi.json"

    /// The rejection of a method that would change something.
    static var methodRejection: Response {
        var rejection = APIError("Only GET and HEAD are allowed.", code: "method_not_allowed").response(
            .methodNotAllowed
        )
        rejection.headers[.allow] = "GET, HEAD"
        return rejection
    }

    private let readers: ReaderPool
    private let limits: Limits
    let clock: any UsageClock
    /// The budgets that are watched.
    let budgets: [Budget]
    /// The result of the last reconciliation; `nil` if none can be there.
    let reconciliation: ReconciliationFile?
    /// Returns the current price book, by which costs are explained.
    let prices: @Sendable () -> PriceBook

    init(
        path: String,
        limits: Limits = Limits(),
        clock: any UsageClock = SystemUsageClock(),
        budgets: [Budget] = [],
        reconciliation: ReconciliationFile? = nil,
        prices: @escaping @Sendable () -> PriceBook = { .bundled }
    ) {
        readers = ReaderPool(path: path, capacity: limits.concurrency, streams: limits.streams)
        self.limits = limits
        self.clock = clock
        self.budgets = budgets
        self.reconciliation = reconciliation
        self.prices = prices
    }

    /// Closes the readers.
    func close() { readers.close() }

    /// Reads what the page shows first, so that its first view finds the sums of whole days in memory.
    ///
    /// A ledger that cannot be read is reported to those who ask for it.
    func readAhead() async {
        for dimension in ["project", "model", "day"] {
            guard
                var parameters = try? QueryParameters("period=this-month&by=\(dimension)&percentiles=estimate"),
                (try? await report(&parameters)) != nil
            else { return }
        }
        guard var parameters = try? QueryParameters("brief=true") else { return }
        _ = try? await glance(&parameters)
    }

    /// The rejection of a request.
    struct Rejection: Error {
        var status: HTTPResponse.Status
        var error: APIError
        var retrySeconds: Int?
    }

    enum Format { case json, mergeable }

    /// Responds to a request whose path begins with ``prefix``.
    func respond(to request: Request, _ context: AdminContext) async -> Response {
        do {
            guard request.method == .get || request.method == .head else { return Self.methodRejection }
            let response = try await answer(request.uri.path, request.uri.query ?? "", context.channel)
            return request.method == .head ? response.createHeadResponse() : response
        } catch let rejection as Rejection {
            var response = rejection.error.response(rejection.status)
            if let seconds = rejection.retrySeconds { response.headers[.retryAfter] = String(seconds) }
            return request.method == .head ? response.createHeadResponse() : response
        } catch {
            return APIError("\(error)", type: "server_error", code: "internal_error").response(.internalServerError)
        }
    }

    /// Responds to a path and a query.
    ///
    /// - Parameters:
    ///   - path: The path, which begins with ``prefix``.
    ///   - query: The query.
    ///   - channel: The connection, which is closed if its client does not accept a stream.
    /// - Returns: The response.
    /// - Throws: A ``Rejection``.
    func answer(_ path: String, _ query: String, _ channel: any Channel) async throws -> Response {
        let parts = path.dropFirst(Self.prefix.count).split(separator: "/", omittingEmptySubsequences: false)
            .dropFirst()
        do {
            var parameters = try QueryParameters(query)
            switch (parts.first, parts.count) {
            case ("report", 1): return try await report(&parameters)
            case ("glance", 1): return try await glance(&parameters)
            case ("live", 1): return try await live(&parameters)
            case ("calls", 1): return try await calls(&parameters, channel)
            case ("calls", 2): return try await call(identity(parts), &parameters)
            case ("calls", 3) where parts.last == "cost": return try await cost(identity(parts), &parameters)
            case ("calls", 3) where parts.last == "former-costs":
                return try await formerCosts(identity(parts), &parameters)
            case ("reprices", 1): return try await reprices(&parameters)
            case ("limits", 1): return try await rateLimits(&parameters)
            case ("tags", 1): return try await tags(&parameters)
            case ("identities", 2): return try await identities(identity(parts), &parameters)
            case ("budgets", 1): return try await budgets(&parameters)
            case ("reconciliation", 1): return try await reconciliation(&parameters)
            default:
                throw Rejection(
                    status: .notFound,
                    error: APIError(
                        "There is no such path; there are \(Self.prefix)/report, /glance, /calls, /calls/{identity}, /calls/{identity}/cost, /calls/{identity}/former-costs, /reprices, /live, /limits, /tags, /identities/{beginning}, /budgets, /reconciliation, /status and /openapi.json.",
                        code: "unknown_path"
                    )
                )
            }
        } catch let error as ParameterError {
            throw Rejection(
                status: .badRequest,
                error: APIError(error.description, param: error.parameter, code: "invalid_parameter")
            )
        } catch let error as LedgerError {
            throw Rejection(
                status: .serviceUnavailable,
                error: APIError(error.description, type: "server_error", code: error.code.rawValue),
                retrySeconds: 5
            )
        } catch let error as TooManyGroups {
            throw Rejection(
                status: .badRequest,
                error: APIError(
                    "The report has too many groups, more than \(error.limit); narrow the range or group by fewer dimensions.",
                    param: "by",
                    code: "too_many_groups"
                )
            )
        } catch is DeadlineExceeded {
            throw Rejection(
                status: .serviceUnavailable,
                error: APIError(
                    "The ledger was not read within \(limits.deadline.components.seconds) s; ask for a shorter range.",
                    type: "server_error",
                    code: "deadline_exceeded"
                ),
                retrySeconds: 60
            )
        }
    }

    // MARK: - Paths

    private func report(_ parameters: inout QueryParameters) async throws -> Response {
        var request = try ReportRequest(&parameters)
        let period = try Self.period(&parameters)
        let exactLimit = try Self.exactLimit(&parameters)
        let format = try format(&parameters, "json")
        try parameters.finish()
        let now = clock.wallMicroseconds
        try request.selection.limit(to: period, now: now)
        request.selection = try request.selection.resolved(now: now)
        let groups = limits.groups
        let bytes = try await read { [request] reader in
            format == .json
                ? Array(
                    (try reader.report(request, now: now, exactLimit: exactLimit, groupLimit: groups).json + "\n").utf8
                ) : try reader.mergeableReport(request, groupLimit: groups).bytes
        }
        return response(format == .json ? "application/json" : Self.mergeableType, bytes)
    }

    private func call(_ identity: String, _ parameters: inout QueryParameters) async throws -> Response {
        let format = try format(&parameters, "jsonl")
        try parameters.finish()
        // The command looks up beginnings in all of its ledgers at once, and asks for whole identities.
        let page = try await read { reader in
            let records = try format == .json ? reader.calls(named: identity) : reader.calls(matching: identity)
            return CallPage(ledger: try reader.origins(), records: records)
        }
        guard !page.records.isEmpty else { throw Self.unknownCall(identity) }
        return format == .json
            ? response(Self.linesType, Self.lines(page.records)) : response(Self.mergeableType, page.bytes)
    }

    private func rateLimits(_ parameters: inout QueryParameters) async throws -> Response {
        let format = try format(&parameters, "json")
        try parameters.finish()
        let limits = try await read { try $0.limits() }
        return format == .json
            ? response("application/json", Array((LatestRateLimit.json(limits) + "\n").utf8))
            : response(Self.mergeableType, LatestRateLimit.bytes(limits))
    }

    private func tags(_ parameters: inout QueryParameters) async throws -> Response {
        // Both formats are the same.
        _ = try format(&parameters, "json")
        try parameters.finish()
        return list("tags", try await read { try $0.tagNames() })
    }

    private func identities(_ beginning: String, _ parameters: inout QueryParameters) async throws -> Response {
        _ = try format(&parameters, "json")
        try parameters.finish()
        return list("identities", try await read { try $0.identities(beginningWith: beginning).identities })
    }

    private func list(_ name: String, _ texts: [String]) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.key(name)
        json.beginArray()
        for text in texts { json.string(text) }
        json.endArray()
        json.endObject()
        return response("application/json", Array((json.text + "\n").utf8))
    }

    private func calls(_ parameters: inout QueryParameters, _ channel: any Channel) async throws -> Response {
        var request = try CallsRequest(&parameters)
        let period = try Self.period(&parameters)
        let format = try format(&parameters, "jsonl")
        try parameters.finish()
        try request.selection.limit(to: period, now: clock.wallMicroseconds)
        request.selection = try request.selection.resolved(now: clock.wallMicroseconds, hasEnd: false)
        let limit = request.limit ?? .max
        let isStream = limit > CallsRequest.pageSize && format == .json
        guard let lease = readers.take(isForStream: isStream) else { throw busy(isStream: isStream) }
        if !isStream {
            if limit > CallsRequest.pageSize {
                throw ParameterError("limit", "must be from 1 to \(CallsRequest.pageSize) in this format")
            }
            let (resolved, reader) = (request, lease.reader)
            let page = try await withDeadline(limits.deadline) { try await reader.run { try $0.page(resolved) } }
            return format == .json
                ? response(Self.linesType, Self.lines(page.records)) : response(Self.mergeableType, page.bytes)
        }
        // An unreadable ledger is reported by the status, which cannot change once the head is sent.
        let reader = lease.reader
        _ = try await withDeadline(limits.deadline) { try await reader.run { try $0.origins() } }
        return stream(request, lease, channel)
    }

    /// Streams calls in parts; the connection is closed if the client does not accept one within the deadline.
    private func stream(_ request: CallsRequest, _ lease: ReaderPool.Lease, _ channel: any Channel) -> Response {
        let (clock, limits) = (clock, limits)
        let body = ResponseBody { writer in
            let union = LedgerUnion([LedgerFileSource(lease.reader)])
            let watch = StreamWatch(channel, limits.deadline)
            defer { watch.stop() }
            var part = ByteBuffer()
            var listing = try await union.listing(request, now: clock.wallMicroseconds)
            while let record = try await listing.next() {
                part.writeString(record.json)
                part.writeInteger(UInt8(ascii: "\n"))
                guard part.readableBytes >= Self.partSize else { continue }
                try await writer.write(part)
                watch.rearm()
                part.clear()
            }
            if part.readableBytes > 0 { try await writer.write(part) }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: Self.headers(Self.linesType), body: body)
    }

    // MARK: - Parts

    static let linesType = "application/x-ndjson"
    static let mergeableType = "application/vnd.oai-usage.mergeable"
    /// The size of a part of a stream, in bytes.
    private static let partSize = 65_536

    func format(_ parameters: inout QueryParameters, _ name: String) throws(ParameterError) -> Format {
        try parameters.one("format", "\(name) or mergeable") { text -> Format? in
            text == name ? .json : text == "mergeable" ? .mergeable : nil
        } ?? .json
    }

    private static func lines(_ records: [CallRecord]) -> [UInt8] {
        records.flatMap { Array($0.json.utf8) + [UInt8(ascii: "\n")] }
    }

    private func busy(isStream: Bool = false) -> Rejection {
        let requests = isStream ? "\(limits.streams) streams of calls" : "\(limits.concurrency) requests for the ledger"
        return Rejection(
            status: .serviceUnavailable,
            error: APIError(
                "\(requests) are being answered, as many as may be; ask again soon.",
                type: "server_error",
                code: "too_many_requests"
            ),
            retrySeconds: 1
        )
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (LedgerReader) throws -> Value
    ) async throws -> Value {
        try await lease { try await $0.run(body) }
    }

    /// Runs several reads of one answer with the same reader, within the deadline.
    func lease<Value: Sendable>(
        _ body: @escaping @Sendable (AsyncLedgerReader) async throws -> Value
    ) async throws -> Value {
        guard let lease = readers.take() else { throw busy() }
        return try await withDeadline(limits.deadline) { try await body(lease.reader) }
    }

    func response(_ type: String, _ body: [UInt8]) -> Response {
        var headers = Self.headers(type)
        headers[.contentLength] = String(body.count)
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    private static func headers(_ type: String) -> HTTPFields {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        headers[.xContentTypeOptions] = "nosniff"
        return headers
    }
}

/// Closes a connection whose client does not accept a part of its response in time.
private final class StreamWatch: Sendable {
    private let channel: any Channel
    private let deadline: TimeAmount
    private let task: NIOLoopBoundBox<Scheduled<Void>?>

    init(_ channel: any Channel, _ deadline: Duration) {
        self.channel = channel
        self.deadline = .nanoseconds(Int64(deadline / .nanoseconds(1)))
        task = NIOLoopBoundBox.makeEmptyBox(valueType: Scheduled<Void>.self, eventLoop: channel.eventLoop)
        rearm()
    }

    /// Restarts the deadline.
    func rearm() {
        channel.eventLoop.execute { [channel, deadline, task] in
            task.value?.cancel()
            task.value = channel.eventLoop.assumeIsolated().scheduleTask(in: deadline) { channel.close(promise: nil) }
        }
    }

    /// Ends the watch.
    func stop() {
        channel.eventLoop.execute { [task] in
            task.value?.cancel()
            task.value = nil
        }
    }
}
