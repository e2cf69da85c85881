import OpenAIUsagePricing

/// The findings about price files, in the format of compilers.
enum PriceFindings {
    /// Returns a finding on one line: file and position, then the message.
    static func line(_ finding: PriceBookFinding, _ path: String) -> String {
        let place = "\(path):\(finding.position.line):\(finding.position.column)"
        return
            "\(place): \(finding.severity.rawValue): \(finding.path.isEmpty ? "" : finding.path + ": ")\(finding.message)"
    }

    /// Returns the counts as `1 error, 2 warnings`.
    static func counts(errors: Int, warnings: Int) -> String {
        "\(errors) error\(errors == 1 ? "" : "s"), \(warnings) warning\(warnings == 1 ? "" : "s")"
    }

    /// Returns a finding as a JSON value.
    static func json(_ finding: PriceBookFinding, _ path: String) -> JSONDocument.Value {
        .members([
            "file": .string(path), "line": .integer(finding.position.line), "column": .integer(finding.position.column),
            "severity": .string(finding.severity.rawValue), "code": .string(finding.code.rawValue),
            "path": .string(finding.path), "message": .string(finding.message),
        ])
    }
}
