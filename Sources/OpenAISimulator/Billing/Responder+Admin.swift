import NIOHTTP1

extension Responder {
    /// Records what the bill counts of an answer.
    func bill(
        _ kind: BilledCall.Kind,
        _ generation: Generation,
        _ request: ReceivedRequest,
        project: String,
        directives: SimulationDirectives
    ) {
        guard let text = request.key else { return }
        let key = BillingStore.key(text, project: project)
        let call = BilledCall(
            kind,
            generation,
            second: configuration.secondsSinceEpoch(),
            project: project,
            keyID: key.id,
            directives: directives
        )
        bills.insert(call, key: key)
    }

    /// Answers a request of the admin API, for usage, costs or a project's keys.
    func adminAnswer(
        _ resource: String,
        _ request: ReceivedRequest,
        head: inout ResponseHead
    ) throws(Rejection) -> ReplyBody {
        guard request.key?.hasPrefix("sk-admin") == true else { throw .api(.wrongKeyKind) }
        if bills.takesFailure(request.head.uri, limit: configuration.adminFailures) {
            head.retryAfter = .milliseconds(configuration.adminRetryMilliseconds)
            throw .api(
                .injected(
                    status: 429,
                    code: "rate_limit_exceeded",
                    model: nil,
                    retryAfterMilliseconds: configuration.adminRetryMilliseconds
                )
            )
        }
        do throws(APIError) {
            let parts = resource.split(separator: "/")
            if resource == "costs" { return try costs(request) }
            if parts.count == 2, parts[0] == "usage" { return try usage(String(parts[1]), request) }
            if parts.count == 3, parts[0] == "projects", parts[2] == "api_keys" { return keys(of: String(parts[1])) }
            throw .invalidRequest("Invalid URL (\(request.methodName) \(request.path))", status: 404)
        } catch {
            throw .api(error)
        }
    }

    private func query(_ request: ReceivedRequest, isCosts: Bool) throws(APIError) -> AdminQuery {
        try AdminQuery(
            request,
            isCosts: isCosts,
            now: configuration.secondsSinceEpoch(),
            maximumLimit: configuration.adminLimit
        )
    }

    private func usage(_ kind: String, _ request: ReceivedRequest) throws(APIError) -> ReplyBody {
        guard Responder.usageKinds.contains(kind) else {
            throw .invalidRequest("Invalid URL (\(request.methodName) \(request.path))", status: 404)
        }
        let query = try query(request, isCosts: false)
        let calls = bills.calls(kind, isFirstPage: query.isFirstPage)
        return page(query) { start, writer in
            var sums: [UsageGroup: UsageSum] = [:]
            for call in calls where start..<start + query.width ~= call.second {
                let counts = kind == "web_search_calls" ? call.searches > 0 : call.kind.rawValue == kind
                if counts { sums[UsageGroup(call, query.groups), default: UsageSum()].add(call) }
            }
            for (group, sum) in sums.sorted(by: { $0.key < $1.key }) {
                writer.element { writer in
                    writer.object { sum.write(kind, group, to: &$0) }
                }
            }
        }
    }

    private func costs(_ request: ReceivedRequest) throws(APIError) -> ReplyBody {
        let query = try query(request, isCosts: true)
        let calls = bills.calls("costs", isFirstPage: query.isFirstPage)
        return page(query) { start, writer in
            var sums: [CostGroup: CostSum] = [:]
            for call in calls where start..<start + query.width ~= call.second {
                for line in configuration.costLines(call) {
                    sums[CostGroup(call, line, query.groups), default: CostSum()].add(line)
                }
            }
            for (group, sum) in sums.sorted(by: { $0.key < $1.key }) {
                writer.element { writer in
                    writer.object { sum.write(group, decimals: configuration.costDecimals, to: &$0) }
                }
            }
        }
    }

    private func page(_ query: AdminQuery, _ results: (Int, inout JSONWriter) -> Void) -> ReplyBody {
        .json(capacity: 4096) { writer in
            writer.member("object", "page")
            writer.array("data") { writer in
                for start in query.buckets {
                    writer.element { writer in
                        writer.object { writer in
                            writer.member("object", "bucket")
                            writer.member("start_time", start)
                            writer.member("end_time", start + query.width)
                            writer.array("results") { results(start, &$0) }
                        }
                    }
                }
            }
            let next = query.nextPage
            writer.member("has_more", json: next == nil ? "false" : "true")
            writer.member("next_page", next)
        }
    }

    private func keys(of project: String) -> ReplyBody {
        .json { writer in
            writer.member("object", "list")
            writer.array("data") { writer in
                for key in bills.keys(project: project) {
                    writer.element { writer in
                        writer.object { writer in
                            writer.member("object", "organization.project.api_key")
                            writer.member("redacted_value", key.redacted)
                            writer.member("name", "simulated")
                            writer.member("id", key.id)
                        }
                    }
                }
            }
            writer.member("has_more", json: "false")
        }
    }

    private static let usageKinds: Set<String> = [
        "completions", "embeddings", "moderations", "images", "audio_speeches", "audio_transcriptions",
        "vector_stores", "code_interpreter_sessions", "file_search_calls", "web_search_calls",
    ]
}

extension APIError {
    /// The error for a key that is not an admin key.
    static let wrongKeyKind = invalidRequest(
        "You have insufficient permissions for this operation. Missing scopes: api.usage.read.",
        status: 403
    )
}
