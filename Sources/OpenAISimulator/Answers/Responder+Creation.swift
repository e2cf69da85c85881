extension Responder {
    /// Answers a request that creates something, and adds the related properties to `head`.
    func create(
        _ request: ReceivedRequest,
        route: Route,
        head: inout ResponseHead,
        directives: SimulationDirectives
    ) throws(Rejection) -> ReplyBody {
        let body: JSONValue
        do throws(JSONParserError) {
            body = try JSONParser.parse(request.body)
        } catch {
            throw .api(.invalidRequest("The body of the request is not valid JSON: \(error)."))
        }
        guard case .object = body else { throw .api(.invalidRequest("The body of the request is not a JSON object.")) }
        head.rateLimits = rateLimits(route: route, body: body)
        let model: ModelCatalog.Model
        do throws(APIError) {
            model = try self.model(body, route: route, directives: directives)
            try checkParameters(body, route: route)
        } catch {
            throw .api(error)
        }
        if directives.finish == .failed, route != .createResponse {
            throw .directive(
                DirectiveError(directive: "finish", problem: "failed is for /v1/responses only")
            )
        }
        let generation = generation(request, body: body, route: route, model: model, directives: directives)
        head.requestTokens = generation.usage.inputTokens
        let kind: BilledCall.Kind =
            switch route {
            case .embeddings: .embeddings
            case .moderations: .moderations
            default: .completions
            }
        bill(kind, generation, request, project: head.project, directives: directives)
        let isStreamed = body["stream"]?.flag == true
        switch route {
        case .chatCompletions, .completions:
            let style: ChatStream.Style = route == .chatCompletions ? .chat : .completion
            guard isStreamed else {
                return style == .chat ? ChatAnswer.chat(generation) : ChatAnswer.completion(generation)
            }
            head.contentType = .eventStream
            let options = StreamOptions(body: body, directives: directives)
            return .events(ChatStream(generation, style: style, options: options))
        case .createResponse:
            let response = StoredResponse(generation, request: body)
            if body["store"]?.flag != false { store.insert(response) }
            guard isStreamed else { return response.body(response.isBackground ? .queued : .ended) }
            head.contentType = .eventStream
            return .events(ResponseStream(response, options: StreamOptions(body: body, directives: directives)))
        case .embeddings:
            let list = EmbeddingList(
                generation,
                vectorCount: inputCount(body["input"]),
                dimensions: body["dimensions"]?.integer ?? model.dimensions ?? 1536,
                isBase64: body["encoding_format"]?.text == "base64"
            )
            return .parts(list, length: list.byteCount)
        default:
            return ModerationAnswer.make(generation, inputCount: inputCount(body["input"]))
        }
    }

    private func model(
        _ body: JSONValue,
        route: Route,
        directives: SimulationDirectives
    ) throws(APIError) -> ModelCatalog.Model {
        let name = body["model"]?.text ?? (route == .moderations ? "omni-moderation-latest" : nil)
        guard let name, !name.isEmpty else {
            throw .invalidRequest(
                "Missing required parameter: 'model'.",
                code: "missing_required_parameter",
                parameter: "model"
            )
        }
        if let model = ModelCatalog.model(named: name) {
            var model = model
            model.servedName = directives.model ?? model.servedName
            return model
        }
        guard let servedName = directives.model else { throw .unknownModel(name) }
        return ModelCatalog.Model(name: name, servedName: servedName)
    }

    private func checkParameters(_ body: JSONValue, route: Route) throws(APIError) {
        let required: String? =
            switch route {
            case .chatCompletions: "messages"
            case .embeddings, .moderations: "input"
            default: nil
            }
        if let required, body[required] == nil {
            throw .invalidRequest(
                "Missing required parameter: '\(required)'.",
                code: "missing_required_parameter",
                parameter: required
            )
        }
        for (name, limit) in [("n", 128), ("dimensions", 4096)] {
            guard let value = body[name], !value.isNull else { continue }
            guard let number = value.integer, number >= 1, number <= limit else {
                throw .invalidRequest(
                    "Invalid value of '\(name)': a whole number from 1 to \(limit) is expected.",
                    code: "invalid_value",
                    parameter: name
                )
            }
        }
        if body["stream_options"]?.isNull == false, body["stream"]?.flag != true {
            throw .invalidRequest(
                "The parameter 'stream_options' is allowed only when 'stream' is true.",
                parameter: "stream_options"
            )
        }
    }

    private func generation(
        _ request: ReceivedRequest,
        body: JSONValue,
        route: Route,
        model: ModelCatalog.Model,
        directives: SimulationDirectives
    ) -> Generation {
        var hash = StableHash(seed: configuration.seed)
        hash.combine(String(request.path))
        hash.combine(body.stableHash(seed: configuration.seed, excluding: "stream_options"))
        let text =
            if let byteCount = directives.textBytes {
                AnswerText(hash: hash, byteCount: byteCount, pieces: directives.chunks)
            } else {
                AnswerText(hash: hash, words: directives.chunks)
            }
        let hasChoices = route == .chatCompletions || route == .completions
        let choiceCount = hasChoices ? body["n"]?.integer ?? 1 : 1
        let promptTokens =
            switch route {
            case .chatCompletions: PromptTokens.count(messages: body["messages"])
            case .createResponse: PromptTokens.count(input: body["input"], instructions: body["instructions"])
            case .completions: PromptTokens.count(prompt: body["prompt"])
            default: PromptTokens.count(prompt: body["input"])
            }
        return Generation(
            hash: hash,
            model: model.servedName,
            tier: directives.tier ?? tier(asked: body["service_tier"]?.text, model: model),
            usage: ReportedUsage(
                promptTokens: promptTokens,
                textTokens: text.tokenCount * choiceCount,
                reportsCacheWrites: model.reportsCacheWrites,
                directives: directives
            ),
            text: text,
            choiceCount: choiceCount,
            finish: directives.finish,
            usageComesFirst: directives.usagePosition == .first
        )
    }

    private func tier(asked: String?, model: ModelCatalog.Model) -> String {
        switch asked {
        case nil, "auto", "default": "default"
        case "priority", "fast": model.priorityTier
        case let asked?: asked
        }
    }

    private func inputCount(_ input: JSONValue?) -> Int {
        guard let elements = input?.elements else { return 1 }
        // A list of numbers is one input, in tokens.
        if case .number? = elements.first { return 1 }
        return elements.count
    }

    /// Returns the rate limits of real answers: none for streams, background work and connectors of responses, nor for
    /// moderations.
    func rateLimits(route: Route, body: JSONValue?) -> ResponseHead.RateLimits {
        switch route {
        case .chatCompletions, .completions, .embeddings:
            return .account
        case .createResponse:
            let usesConnector = body?["tools"]?.elements?.contains { $0["type"]?.text == "mcp" } ?? false
            let isUnlimited = body?["stream"]?.flag == true || body?["background"]?.flag == true || usesConnector
            return isUnlimited ? .none : .account
        default:
            return .none
        }
    }
}
