import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The ledger of a gateway, read through its admin server.
struct GatewayLedger: LedgerSource {
    /// The maximum size of a response, which is buffered in memory, in bytes.
    static let maximumAnswer = 64 << 20
    /// The timeout for a response.
    static let timeout = TimeAmount.seconds(90)
    /// The maximum number of requests to a busy gateway, one second apart.
    private static let attempts = 5

    private let url: GatewayURL
    private let token: String?
    private let client: SimpleClient
    private let timeout: TimeAmount
    private let maximumAnswer: Int

    /// The gateway's URL.
    var name: String { url.description }

    /// Creates a source.
    ///
    /// - Parameters:
    ///   - url: The URL of the gateway.
    ///   - token: The bearer token; `nil` for none.
    ///   - tls: The TLS context with the trusted certificates; required for an https URL.
    ///   - timeout: The timeout for a response.
    ///   - maximumAnswer: The maximum size of a response, in bytes.
    init(
        _ url: GatewayURL,
        token: String?,
        tls: NIOSSLContext?,
        timeout: TimeAmount = GatewayLedger.timeout,
        maximumAnswer: Int = GatewayLedger.maximumAnswer
    ) {
        self.url = url
        self.token = token
        self.timeout = timeout
        self.maximumAnswer = maximumAnswer
        client = SimpleClient(
            group: MultiThreadedEventLoopGroup.singleton,
            host: url.host,
            port: url.port,
            authority: url.authority,
            tls: url.isEncrypted ? tls : nil
        )
    }

    func report(_ request: ReportRequest) async throws -> MergeableReport {
        let query = try request.query(now: 0) { nil }
        let bytes = try await get("/report", request.parameters)
        guard let report = MergeableReport(bytes, of: query) else { throw unexpectedResponse }
        return report
    }

    func page(_ request: CallsRequest) async throws -> CallPage {
        guard let page = CallPage(try await get("/calls", request.parameters)) else { throw unexpectedResponse }
        return page
    }

    func calls(matching identity: String) async throws -> CallPage {
        let path = "/calls/\(QueryParameters.encoded(identity))"
        let none = CallPage(ledger: nil, records: [])
        let bytes = try await get(path, [], otherwise: (codes: ["unknown_call"], body: none.bytes))
        guard let page = CallPage(bytes) else { throw unexpectedResponse }
        return page
    }

    func limits() async throws -> [LatestRateLimit] {
        guard let limits = LatestRateLimit.list(try await get("/limits", [])) else { throw unexpectedResponse }
        return limits
    }

    func formerCosts(of call: CallID) async throws -> [FormerCost] {
        // A gateway of an older version tells none.
        let none = (codes: ["unknown_call", "unknown_path"], body: FormerCost.bytes([]))
        let bytes = try await get("/calls/\(call)/former-costs", [], otherwise: none)
        guard let costs = FormerCost.list(bytes) else { throw unexpectedResponse }
        return costs
    }

    func tagNames() async throws -> [String] {
        guard let tags = try await texts("tags", at: "/tags") else {
            StandardError.write("\(name) is of an older version, and does not tell its tags: name them with --tags.")
            return []
        }
        return tags
    }

    func identities(beginningWith prefix: String) async throws -> [String] {
        // A gateway of an older version tells none.
        try await texts("identities", at: "/identities/\(QueryParameters.encoded(prefix))") ?? []
    }

    /// Returns a list of texts; `nil` from a gateway that does not have the path.
    private func texts(_ member: String, at path: String) async throws -> [String]? {
        let bytes = try await get(path, [], otherwise: (codes: ["unknown_path"], body: []))
        if bytes.isEmpty { return nil }
        let document = try? JSONDocument(parsing: String(decoding: bytes, as: UTF8.self))
        guard let list = document?.root.value[member]?.elements else { throw unexpectedResponse }
        return list.compactMap(\.string)
    }

    /// Returns the runs of repricing that changed costs, the newest first.
    ///
    /// - Throws: A ``CommandFailure`` that names the gateway and the remedy.
    func repriceHistory() async throws -> [RepriceHistoryEntry] {
        guard let runs = RepriceHistoryEntry.list(try await get("/reprices", [])) else { throw unexpectedResponse }
        return runs
    }

    /// Sends a GET request and returns the response's body.
    ///
    /// - Parameters:
    ///   - path: The path after `/api/v1`.
    ///   - parameters: The query parameters.
    ///   - otherwise: Error codes of a 404 response, and the body to return for them instead.
    /// - Returns: The body.
    /// - Throws: A ``CommandFailure`` that names the gateway and the remedy.
    private func get(
        _ path: String,
        _ parameters: [(name: String, value: String)],
        otherwise: (codes: [String], body: [UInt8])? = nil
    ) async throws -> [UInt8] {
        let query = QueryParameters.text(parameters + [("format", "mergeable")])
        for attempt in 1... {
            let answer = try await send("\(url.path)/api/v1\(path)?\(query)")
            if answer.status == 200 { return answer.body }
            let error = Self.error(answer.body)
            if let otherwise, answer.status == 404, let code = error?.code, otherwise.codes.contains(code) {
                return otherwise.body
            }
            guard error?.code == "too_many_requests", attempt < Self.attempts else {
                throw refusal(answer.status ?? 0, error)
            }
            // A busy gateway sends a Retry-After of one second.
            try await Task.sleep(for: .seconds(1))
        }
        throw unexpectedResponse
    }

    private func send(_ target: String) async throws -> SimpleClient.Answer {
        var headers: HTTPHeaders = ["Accept": "application/vnd.oai-usage.mergeable, application/json"]
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        let answer: SimpleClient.Answer
        do {
            answer = try await client.send(
                .GET,
                target,
                headers: headers,
                limit: maximumAnswer + 1,
                timeout: timeout
            )
        } catch {
            throw CommandFailure(
                "No gateway answers on \(name): \(Self.reason(error)); check that it runs, and that --ledger is its admin address (--admin)."
            )
        }
        // A response that ends early is reported as a parser error.
        if let failure = answer.failure, answer.status == nil || !(failure is HTTPParserError) { throw failed(failure) }
        if answer.isTimedOut {
            throw CommandFailure(
                "\(name) did not answer within \(timeout.nanoseconds / 1_000_000_000) s; ask for a shorter range, or check the gateway."
            )
        }
        guard answer.body.count <= maximumAnswer else {
            throw CommandFailure(
                "\(name) answered with more than \(maximumAnswer >> 20) MiB, which is too much; group by less, or ask for a shorter range."
            )
        }
        guard answer.status != nil, answer.isComplete else {
            throw CommandFailure("\(name) closed the connection before the end of its answer; try again.")
        }
        return answer
    }

    private func failed(_ error: any Error) -> CommandFailure {
        switch error {
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            CommandFailure(
                "\(name): the connection cannot be trusted or is not TLS (\(error)); if its certificate is of an authority of your own, name that with --admin-ca FILE."
            )
        case is HTTPParserError:
            CommandFailure("\(name) does not speak HTTP; is it an https URL, or another program?")
        default: CommandFailure("\(name): \(Self.reason(error)).")
        }
    }

    private static func reason(_ error: any Error) -> String {
        let text = "\(ErrorMessage.explained(error))"
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    private func refusal(_ status: Int, _ error: (message: String, code: String?)?) -> CommandFailure {
        switch (status, error) {
        case (401, _):
            let remedy =
                token == nil
                ? "set \(AdminTokenOption.variable), or name a file with --admin-token-file"
                : "the one that was sent is none of its own"
            return CommandFailure("\(name) requires an admin token: \(remedy).")
        case (404, nil), (405, nil):
            return CommandFailure(
                "\(name) has no /api/v1: it is a gateway of an older version, which must be upgraded, or no gateway at all."
            )
        case (_, let error?): return CommandFailure("\(name) did not answer: \(error.message)")
        default:
            return CommandFailure(
                "\(name) answered with the status \(status); is it a gateway's admin address?"
            )
        }
    }

    private var unexpectedResponse: CommandFailure {
        CommandFailure(
            "\(name) sent an answer that cannot be read; this program and that gateway must be of the same version."
        )
    }

    private static func error(_ body: [UInt8]) -> (message: String, code: String?)? {
        guard body.count <= 65_536 else { return nil }
        do throws(JSONDocumentError) {
            let error = try JSONDocument(parsing: String(decoding: body, as: UTF8.self)).root.value["error"]
            guard let message = error?["message"]?.string else { return nil }
            // The message comes from the peer, and is shown on a terminal.
            let isPlain = { (scalar: Unicode.Scalar) in scalar.properties.generalCategory != .control }
            let plain = String(String.UnicodeScalarView(message.unicodeScalars.filter(isPlain)).prefix(1_000))
            return (plain, error?["code"]?.string)
        } catch {
            return nil
        }
    }
}
