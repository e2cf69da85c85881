/// A directive of the `OpenAI-Simulate` header.
package struct Directive: Sendable {
    /// The name before the equals sign.
    package let name: String
    /// A description of the allowed values.
    package let values: String
    /// The effect, in one sentence.
    package let summary: String
    let apply: @Sendable (inout SimulationDirectives, String) throws(DirectiveError) -> Void

    /// All directives, in the order of the manual.
    package static let all: [Directive] = [
        number("status", \.status, 400...599, "Answers with this status and the error that belongs to it."),
        Directive(
            name: "code",
            values: "an error code such as insufficient_quota",
            summary: "Answers with this error; status defaults to the one that belongs to it."
        ) { directives, value throws(DirectiveError) in
            guard APIError.withCode[value] != nil else {
                let known = APIError.withCode.keys.sorted().joined(separator: ", ")
                throw DirectiveError(directive: "code", problem: "must be one of \(known), not '\(value)'")
            }
            directives.code = value
        },
        number("html", \.html, 400...599, "Answers with this status and a proxy's HTML page, without a request id."),
        number(
            "fail-attempts",
            \.failAttempts,
            0...1000,
            "Fails only while x-stainless-retry-count is below this number, and succeeds then."
        ),
        number(
            "retry-after-ms",
            \.retryAfterMilliseconds,
            0...86_400_000,
            "Sets retry-after-ms, and retry-after rounded up to seconds, on an error."
        ),
        number(
            "input-tokens",
            \.inputTokens,
            0...tokenLimit,
            "The input tokens of the usage, what is cached and written included."
        ),
        number("cached-tokens", \.cachedTokens, 0...tokenLimit, "The part of the input that was read from the cache."),
        number(
            "cache-write-tokens",
            \.cacheWriteTokens,
            0...tokenLimit,
            "The part of the input that was written to the cache."
        ),
        number(
            "output-tokens",
            \.outputTokens,
            0...tokenLimit,
            "The output tokens of the usage, reasoning included."
        ),
        number("reasoning-tokens", \.reasoningTokens, 0...tokenLimit, "The part of the output that was reasoning."),
        text("tier", \.tier, "The service tier that is answered, whatever was asked for."),
        text("model", \.model, "The model that is answered; the request's own is not looked up then."),
        text("bill-tier", \.billTier, "The service tier in the admin API's usage and costs, whatever was answered."),
        number(
            "bill-cached-tokens",
            \.billCachedTokens,
            0...tokenLimit,
            "The cached tokens in the admin API, whatever was answered."
        ),
        number("bill-output-tokens", \.billOutputTokens, 0...tokenLimit, "The output tokens in the admin API."),
        number(
            "bill-restate-after",
            \.billRestateAfter,
            0...1000,
            "Applies bill-output-tokens only after that many answers of the admin API, as a restatement."
        ),
        choice("bill-context", \.billContext, "The context whose prices the admin API's costs have."),
        number("bill-searches", \.billSearches, 0...1_000_000, "The web searches in the admin API."),
        number(
            "bill-price-percent",
            \.billPricePercent,
            0...10_000,
            "The percentage of the listed prices in the admin API's costs."
        ),
        number(
            "bill-later-s",
            \.billLaterSeconds,
            0...8_640_000,
            "The seconds by which the admin API dates the call later."
        ),
        number(
            "bill-after-fetches",
            \.billAfterFetches,
            0...1000,
            "The answers of the admin API that leave the call out at first."
        ),
        text("bill-line-item", \.billLineItem, "The line item of the call's whole cost in the admin API."),
        flag("no-usage", \.isWithoutUsage, "Ignores stream_options, as some providers do."),
        choice(
            "usage-position",
            \.usagePosition,
            "first: the usage chunk opens a stream, the usage member stands before the content."
        ),
        choice(
            "finish",
            \.finish,
            "How an answer of /v1/responses ends; incomplete is finish_reason length elsewhere."
        ),
        flag("error-midstream", \.failsMidstream, "Ends a stream with an error event after half of its text."),
        number("text-bytes", \.textBytes, 0...100_000_000, "The size of the answer's text."),
        number("chunks", \.chunks, 1...1_000_000, "The number of pieces that a stream cuts the text into."),
        choice("line-end", \.lineEnd, "The line ends of an event stream."),
        number("delay-ms", \.delayMilliseconds, 0...600_000, "Waits before the head of the answer is sent."),
        number(
            "chunk-delay-ms",
            \.chunkDelayMilliseconds,
            0...600_000,
            "Waits between the events of a stream, or between the slices that split makes of a plain body."
        ),
        number(
            "processing-ms",
            \.processingMilliseconds,
            0...3_600_000,
            "The time that the answer takes, and the value of openai-processing-ms."
        ),
        number(
            "id-number",
            \.idNumber,
            0...1_000_000_000,
            "Derives x-request-id and cf-ray from this number and the seed, instead of from a count of attempts."
        ),
        number("split", \.split, 1...1_000_000, "Sends head and body this many bytes at a time, each flushed."),
        number(
            "cut-after-chunks",
            \.cutAfterChunks,
            0...100_000_000,
            "Closes the connection after this many events of a stream, or bytes of a plain body."
        ),
        number(
            "cut-after-bytes",
            \.cutAfterBytes,
            0...1_000_000_000,
            "Closes the connection after this many bytes of the body, be it inside an event."
        ),
        flag("hang", \.hangs, "Never answers: the connection stays open until the client closes it."),
        flag("close", \.closes, "Sends Connection: close and closes the connection after the answer."),
        flag("early", \.answersEarly, "Answers with the error at once, before the request's body was received."),
    ]

    /// The directives by name.
    static let named = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static let tokenLimit = 1_000_000_000_000

    private static func number(
        _ name: String,
        _ keyPath: any WritableKeyPath<SimulationDirectives, Int?> & Sendable,
        _ range: ClosedRange<Int>,
        _ summary: String
    ) -> Directive {
        let values = "\(range.lowerBound) to \(range.upperBound)"
        return Directive(name: name, values: values, summary: summary) { directives, value throws(DirectiveError) in
            let isDecimal = !value.isEmpty && value.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            guard isDecimal, let number = Int(value), range.contains(number) else {
                throw DirectiveError(directive: name, problem: "must be a whole number, \(values), not '\(value)'")
            }
            directives[keyPath: keyPath] = number
        }
    }

    private static func flag(
        _ name: String,
        _ keyPath: any WritableKeyPath<SimulationDirectives, Bool> & Sendable,
        _ summary: String
    ) -> Directive {
        Directive(name: name, values: "1 or 0", summary: summary) { directives, value throws(DirectiveError) in
            guard value == "1" || value == "0" else {
                throw DirectiveError(directive: name, problem: "must be 1 or 0, not '\(value)'")
            }
            directives[keyPath: keyPath] = value == "1"
        }
    }

    private static func text(
        _ name: String,
        _ keyPath: any WritableKeyPath<SimulationDirectives, String?> & Sendable,
        _ summary: String
    ) -> Directive {
        Directive(name: name, values: "a name", summary: summary) { directives, value throws(DirectiveError) in
            guard !value.isEmpty else { throw DirectiveError(directive: name, problem: "must not be empty") }
            directives[keyPath: keyPath] = value
        }
    }

    private static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
        _ name: String,
        _ keyPath: any WritableKeyPath<SimulationDirectives, Value> & Sendable,
        _ summary: String
    ) -> Directive where Value.RawValue == String {
        let values = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return Directive(name: name, values: values, summary: summary) { directives, value throws(DirectiveError) in
            guard let choice = Value(rawValue: value) else {
                throw DirectiveError(directive: name, problem: "must be one of \(values), not '\(value)'")
            }
            directives[keyPath: keyPath] = choice
        }
    }
}
