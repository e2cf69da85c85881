/// The directives in the `OpenAI-Simulate` header of a request.
///
/// The header is a list of `name=value` separated by semicolons, as in
/// `OpenAI-Simulate: status=429; fail-attempts=2; retry-after-ms=50`. Blanks around names and values are ignored; a flag is
/// `1` or `0`. An unknown, repeated or malformed directive is answered with status 400 and an error that names it.
/// ``Directive/all`` lists every directive.
struct SimulationDirectives: Sendable, Equatable {
    /// The name of the request header.
    static let headerName = "OpenAI-Simulate"

    /// The line ends of an event stream.
    enum LineEnd: String, Sendable, CaseIterable {
        case lf, crlf, cr

        /// The bytes that end a line.
        var bytes: StaticString {
            switch self {
            case .lf: "\n"
            case .crlf: "\r\n"
            case .cr: "\r"
            }
        }
    }

    /// The end of an answer.
    enum Finish: String, Sendable, CaseIterable {
        case completed, incomplete, failed
    }

    /// The position of the usage.
    enum UsagePosition: String, Sendable, CaseIterable {
        case first, last
    }

    var status: Int?
    var code: String?
    var html: Int?
    var failAttempts: Int?
    var retryAfterMilliseconds: Int?

    var inputTokens: Int?
    var cachedTokens: Int?
    var cacheWriteTokens: Int?
    var outputTokens: Int?
    var reasoningTokens: Int?
    var tier: String?
    var model: String?
    var isWithoutUsage = false
    var usagePosition = UsagePosition.last

    var billTier: String?
    var billCachedTokens: Int?
    var billOutputTokens: Int?
    var billRestateAfter: Int?
    var billContext = BilledCall.Context.actual
    var billSearches: Int?
    var billPricePercent: Int?
    var billLaterSeconds: Int?
    var billAfterFetches: Int?
    var billLineItem: String?

    var finish = Finish.completed
    var failsMidstream = false
    var textBytes: Int?
    var chunks: Int?
    var lineEnd = LineEnd.lf

    var delayMilliseconds: Int?
    var chunkDelayMilliseconds: Int?
    var processingMilliseconds: Int?
    var idNumber: Int?
    var split: Int?
    var cutAfterChunks: Int?
    var cutAfterBytes: Int?
    var hangs = false
    var closes = false
    var answersEarly = false

    /// Creates an empty set of directives: a plain success.
    init() {}

    /// Parses the values of the header.
    init(_ values: [String]) throws(DirectiveError) {
        var seen: Set<String> = []
        for value in values {
            for part in value.utf8.split(separator: UInt8(ascii: ";")) {
                let text = SimulationDirectives.trimmed(Substring(part))
                guard !text.isEmpty else { continue }
                guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                    throw DirectiveError(directive: String(text), problem: "is not of the form name=value")
                }
                let name = String(SimulationDirectives.trimmed(text[..<equals]))
                let argument = SimulationDirectives.trimmed(text[text.utf8.index(after: equals)...])
                guard let directive = Directive.named[name] else {
                    throw DirectiveError(directive: name, problem: "is not a directive of the simulator")
                }
                guard seen.insert(name).inserted else {
                    throw DirectiveError(directive: name, problem: "is given twice")
                }
                try directive.apply(&self, String(argument))
            }
        }
        try validate()
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.utf8.first, first == 0x20 || first == 0x09 { text = text.dropFirst() }
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
        return text
    }

    private func validate() throws(DirectiveError) {
        if status != nil || code != nil, html != nil {
            throw DirectiveError(directive: "html", problem: "excludes status and code")
        }
        if failAttempts != nil, !injectsFailure {
            throw DirectiveError(directive: "fail-attempts", problem: "needs status, code or html")
        }
        if answersEarly, !injectsFailure {
            throw DirectiveError(directive: "early", problem: "needs status, code or html")
        }
        if let inputTokens, (cachedTokens ?? 0) + (cacheWriteTokens ?? 0) > inputTokens {
            throw DirectiveError(
                directive: "input-tokens",
                problem: "is less than cached-tokens and cache-write-tokens together"
            )
        }
        if let outputTokens, (reasoningTokens ?? 0) > outputTokens {
            throw DirectiveError(directive: "output-tokens", problem: "is less than reasoning-tokens")
        }
    }

    /// True if some attempt is answered with an error.
    var injectsFailure: Bool {
        status != nil || code != nil || html != nil
    }

    /// True if the attempt with this value of `x-stainless-retry-count` is answered with an error.
    func fails(attempt: Int) -> Bool {
        guard injectsFailure else { return false }
        return failAttempts.map { attempt < $0 } ?? true
    }
}
