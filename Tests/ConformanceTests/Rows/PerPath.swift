import OpenAIUsage

/// Everything in which a path may differ from the reference, each with its reason. What is not said here has to be equal.
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
        Field(name: "timing.gateway", reason: "only the gateway adds a time of its own", paths: [.gateway]),
    ]

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
