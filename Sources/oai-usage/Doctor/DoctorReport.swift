import OpenAIUsage

/// The results of all checks, for people and programs.
struct DoctorReport {
    let checks: [HealthCheck]

    /// The worst state of all checks.
    var state: HealthCheck.State { checks.map(\.state).max() ?? .ok }

    /// Returns the checks with their advice, and a summary.
    ///
    /// - Parameters:
    ///   - width: The number of terminal columns.
    ///   - isColored: True to write escape sequences.
    /// - Returns: The text.
    func text(width: Int, isColored: Bool) -> String {
        let name = checks.map { $0.name.utf8.count }.max() ?? 0
        let indent = "problem".utf8.count + name + 4
        var lines: [String] = []
        for check in checks {
            let state = DisplayWidth.padded(check.state.rawValue, to: "problem".utf8.count)
            let label =
                "\(check.state.style.text(state, isColored: isColored))  \(DisplayWidth.padded(check.name, to: name))  "
            let finding = DisplayWidth.wrapped(TextCleaner.removingUnsafe(from: check.finding), to: width - indent)
            let advice = check.advice.map {
                DisplayWidth.wrapped("→ " + TextCleaner.removingUnsafe(from: $0), to: width - indent)
            }
            for (index, line) in (finding + (advice ?? [])).enumerated() {
                lines.append((index == 0 ? label : String(repeating: " ", count: indent)) + line)
            }
        }
        return lines.joined(separator: "\n") + "\n\n" + state.style.text(summary, isColored: isColored) + "\n"
    }

    /// The numbers of problems and warnings in a sentence.
    var summary: String {
        let problems = checks.count { $0.state == .problem }
        let warnings = checks.count { $0.state == .warning }
        if problems + warnings == 0 { return "All is well." }
        return [(problems, "problem"), (warnings, "warning")].filter { $0.0 > 0 }
            .map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", ") + "."
    }

    /// The results as a row for each check.
    var table: Table {
        var table = Table(columns: ["check", "state", "finding", "advice"].map { .init(name: $0) })
        table.rows = checks.map { [$0.name, $0.state.rawValue, $0.finding, $0.advice ?? ""] }
        return table
    }

    /// The results as one line of JSON.
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("state", state.rawValue)
        json.key("checks")
        json.beginArray()
        for check in checks {
            json.beginObject()
            json.member("name", check.name)
            json.member("state", check.state.rawValue)
            json.member("finding", check.finding)
            json.member("advice", check.advice)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }
}

/// The result of one check of an installation.
struct HealthCheck: Equatable {
    /// The severity of a finding.
    enum State: String, Comparable, CaseIterable {
        case ok, warning, problem

        static func < (left: State, right: State) -> Bool { left.rank < right.rank }

        /// The appearance of what is said of a check.
        fileprivate var style: StyledLine.Style {
            switch self {
            case .ok: .green
            case .warning: .yellow
            case .problem: .red
            }
        }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// The name of the check, which stays the same for programs.
    var name: String
    var state: State
    /// The finding, as a sentence.
    var finding: String
    /// The remedy, as a sentence; `nil` if none is needed.
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
