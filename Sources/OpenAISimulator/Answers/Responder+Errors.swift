import NIOCore

extension Responder {
    /// Answers an invalid directive.
    func refusal(of error: DirectiveError, head: ResponseHead, number: UInt64) -> Reply {
        failure(
            .invalidRequest(error.description, code: "invalid_simulation", parameter: error.directive),
            head: head,
            number: number
        )
    }

    /// Answers with the error that the directives ask for.
    func injectedFailure(
        _ request: ReceivedRequest,
        route: Route,
        head: ResponseHead,
        number: UInt64,
        directives: SimulationDirectives
    ) -> Reply {
        var head = head
        if let status = directives.html {
            head.status = status
            head.origin = .edge
            head.contentType = .html
            if let milliseconds = directives.retryAfterMilliseconds { head.retryAfter = .milliseconds(milliseconds) }
            let title = "\(status) \(HeadEncoder.reasonPhrase(status))"
            let page =
                "<html>\n<head><title>\(title)</title></head>\n<body>\n<center><h1>\(title)</h1></center>\n"
                + "<hr><center>cloudflare</center>\n</body>\n</html>\n"
            return Reply(number: number, head: head, body: .bytes(ByteBuffer(string: page)))
        }
        let body = try? JSONParser.parse(request.body)
        var error = APIError.injected(
            status: directives.status,
            code: directives.code,
            model: body?["model"]?.text,
            retryAfterMilliseconds: directives.retryAfterMilliseconds ?? 390
        )
        if error.code == "invalid_api_key", let key = request.key {
            error.message = "Incorrect API key provided: \(masked(key))."
        }
        if case .listModels = route { head.origin = .apiWithoutProject }
        if case .retrieveModel = route { head.origin = .apiWithoutProject }
        head.rateLimits = rateLimits(route: route, body: body)
        if let milliseconds = directives.retryAfterMilliseconds {
            head.retryAfter = .milliseconds(milliseconds)
        } else if error.code == "slow_down" {
            head.retryAfter = .date(seconds: 60)
        }
        if error.isQuota {
            head.rateLimits = .none
            head.shouldRetry = false
        } else if error.status == 429 {
            head.rateLimits = head.rateLimits == .none ? .none : .accountAndProject
            head.retryAfter = head.retryAfter ?? .milliseconds(390)
            head.shouldRetry = true
        }
        return failure(error, head: head, number: number)
    }

    /// Answers with an error.
    func failure(_ error: APIError, head: ResponseHead, number: UInt64) -> Reply {
        var head = head
        head.status = error.status
        head.contentType = .json
        if error.status == 401 {
            head.origin = .authentication
            head.contentType = .jsonWithCharset
            head.rateLimits = .none
        }
        let body = ReplyBody.json { writer in
            writer.object("error") { writer in
                writer.member("message", error.message)
                writer.member("type", error.type)
                writer.member("param", error.parameter)
                writer.member("code", error.code)
            }
        }
        return Reply(number: number, head: head, body: body)
    }

    /// Returns a key as the API shows it: its first five and its last four characters.
    private func masked(_ key: Substring) -> String {
        guard key.count >= 16 else { return String(repeating: "*", count: key.count) }
        return key.prefix(5) + "**********" + key.suffix(4)
    }
}
