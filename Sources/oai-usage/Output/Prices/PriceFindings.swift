import OpenAIUsagePricing

/// What is wrong with a price file, as editors understand it.
enum PriceFindings {
    /// A finding on one line: the file and the place, then the message.
    static func line(_ finding: PriceBookFinding, _ path: String) -> String {
        let place = "\(path):\(finding.position.line):\(finding.position.column)"
        return
            "\(place): \(finding.severity.rawValue): \(finding.path.isEmpty ? "" : finding.path + ": ")\(finding.message)"
    }

    /// How many there are, as `1 error, 2 warnings`.
    static func counts(errors: Int, warnings: Int) -> String {
        "\(errors) error\(errors == 1 ? "" : "s"), \(warnings) warning\(warnings == 1 ? "" : "s")"
    }

    /// A finding as a JSON value.
    static func json(_ finding: PriceBookFinding, _ path: String) -> JSONDocument.Value {
        .members([
            "file": .string(path), "line": .integer(finding.position.line), "column": .integer(finding.position.column),
            "severity": .string(finding.severity.rawValue), "code": .string(finding.code.rawValue),
            "path": .string(finding.path), "message": .string(finding.message),
        ])
    }
}
