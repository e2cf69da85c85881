import OpenAIUsage

/// Everything in which a path may differ from the reference, each with its reason.
///
/// What is not said here has to be equal.
enum PerPath {
    struct Field: Sendable {
        let name: String
        let reason: String
        var paths = Set(CallPath.allCases)
        /// The scenarios that it is about; `nil` for all.
        var scenarios: Set<String>?
    }

    /// Fields of a row.
    static let fields = [
        Field(name: "id", reason: "made by us, for each call"),
        Field(name: "operationID", reason: "the id, where the caller gives none"),
        Field(name: "source", reason: "names who captured the call", paths: [.gateway]),
        Field(name: "timing.gatewayMicroseconds", reason: "only the gateway adds a time of its own", paths: [.gateway]),
        Field(
            name: "rateLimits.order",
            reason: "URLSession shows a head's fields in no order",
            paths: [.urlSession, .urlSessionLine]
        ),
        Field(
            name: "errorCode",
            reason: "the gateway answers in the place of an upstream that does not, with an error of its own",
            paths: [.gateway],
            scenarios: unanswered
        ),
        Field(
            name: "errorType",
            reason: "the gateway answers in the place of an upstream that does not, with an error of its own",
            paths: [.gateway],
            scenarios: unanswered
        ),
    ]

    private static let unanswered: Set<String> = [
        "connection refused", "reset before the head", "closed before the head", "closed inside the head",
        "timeout before the head",
    ]

    /// The paths whose connections are closed only once the caller has read what there is.
    ///
    /// AsyncHTTPClient gives up what has come and was not read yet when the connection closes, so that the rows would
    /// depend on who is quicker.
    static let pathsClosedOnceRead: Set<CallPath> = [.asyncHTTPClient, .httpClientLine]

    struct Exclusion: Sendable {
        let scenario: String
        let paths: Set<CallPath>
        let reason: String
    }

    /// Combinations that cannot be run.
    static let exclusions = [
        Exclusion(
            scenario: "closed inside the head",
            paths: [.urlSession, .urlSessionLine],
            reason: "Foundation on Linux ends the process (Swift 6.3)"
        ),
        Exclusion(
            scenario: "request that streams",
            paths: [.urlSessionLine, .httpClientLine, .easyHandle],
            reason: "what stands for a program's own client here gives its requests bytes"
        ),
        Exclusion(
            scenario: "shut down before the head",
            paths: [.urlSessionLine, .easyHandle],
            reason: "there is nothing to shut down but the program"
        ),
        Exclusion(
            scenario: "shut down within the stream",
            paths: [.urlSessionLine, .easyHandle],
            reason: "there is nothing to shut down but the program"
        ),
    ]

    static func isRun(_ scenario: Scenario, _ path: CallPath) -> Bool {
        !exclusions.contains { $0.scenario == scenario.name && $0.paths.contains(path) }
    }

    static func isLeftOut(_ field: String, _ scenario: Scenario, _ path: CallPath) -> Bool {
        fields.contains { rule in
            (rule.name == field || field.hasPrefix(rule.name + ".") || field.hasPrefix(rule.name + "["))
                && rule.paths.contains(path) && rule.scenarios?.contains(scenario.name) != false
        }
    }

    /// The name of an outcome on a path.
    static func outcome(_ outcome: Outcome, on path: CallPath) -> Outcome {
        // The gateway's caller is another process, which is gone; what it wanted is not known.
        path == .gateway && outcome == .abandoned ? .clientDisconnected : outcome
    }
}
