/// The result of one check of an installation.
struct HealthCheck: Equatable {
    /// The severity of a finding.
    enum State: String, Comparable, CaseIterable {
        case ok, warning, problem

        static func < (left: State, right: State) -> Bool { left.rank < right.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// The name of the check, which stays the same for programs.
    var name: String
    var state: State
    /// What was found, in a sentence.
    var finding: String
    /// What to do; `nil` if nothing needs to be done.
    var advice: String?

    static func ok(_ name: String, _ finding: String) -> HealthCheck {
        HealthCheck(name: name, state: .ok, finding: finding)
    }

    static func warning(_ name: String, _ finding: String, _ advice: String) -> HealthCheck {
        HealthCheck(name: name, state: .warning, finding: finding, advice: advice)
    }

    static func problem(_ name: String, _ finding: String, _ advice: String?) -> HealthCheck {
        HealthCheck(name: name, state: .problem, finding: finding, advice: advice)
    }
}
