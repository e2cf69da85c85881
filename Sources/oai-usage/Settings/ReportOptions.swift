import ArgumentParser
import OpenAIUsageLedger

/// The flags for the rows and columns of a report.
struct ReportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What to group by: \(ReportDimension.names.joined(separator: ", ")); with commas, or none.",
            valueName: "names"
        )
    )
    var by = Dimensions(dimensions: [.project])

    @Option(
        help: ArgumentHelp(
            "Sort by \(SortOrder.names.joined(separator: ", ")); cost:asc begins with the lowest. (default: time, then cost)",
            valueName: "column"
        )
    )
    var sort: SortOrder?

    @Option(
        help: ArgumentHelp(
            "Show so many groups, and one row for all others; of a report by time, those of the whole range.",
            valueName: "count"
        )
    )
    var top: Int?

    @Option(
        help: ArgumentHelp(
            "The columns, with commas: \(ReportColumn.all.map(\.name).joined(separator: ", ")).",
            valueName: "names"
        )
    )
    var columns: ReportColumns?

    @Flag(help: "Show each snapshot of a model as a row of its own.")
    var exactModels = false

    @Option(
        help: ArgumentHelp(
            "Compare with the period before, up to the same day and time if it is not over: previous.",
            valueName: "previous"
        )
    )
    var compare: Comparison?

    @Flag(help: "Write all columns of a table, however narrow the terminal.")
    var wide = false

    /// The range that a report is compared with.
    enum Comparison: String, ExpressibleByArgument, CaseIterable {
        case previous
    }

    /// The order of the rows, and how many have one.
    var arrangement: ReportArrangement {
        ReportArrangement(key: sort?.key, isAscending: sort?.isAscending, top: top)
    }

    /// True if the rows or columns are other than the standard ones.
    var isAdjusted: Bool {
        by.dimensions != [.project] || sort != nil || top != nil || columns != nil || exactModels || compare != nil
    }

    func validate() throws {
        if let twice = by.repeated { throw ValidationError("--by names \(twice) twice; name each dimension once.") }
        if let top, top < 1 { throw ValidationError("--top must be at least 1.") }
        if compare != nil, let time = by.dimensions.first(where: \.isTime) {
            throw ValidationError("--compare and --by \(time) cannot be used together: no \(time) is in both periods.")
        }
        if let unknown = columns?.unknown {
            let names = ReportColumn.all.map(\.name)
            throw ValidationError(
                "--columns names \"\(unknown)\".\(NearNames.hint(for: unknown, in: names)) There are \(names.joined(separator: ", "))."
            )
        }
        if let twice = columns?.repeated {
            throw ValidationError("--columns names \(twice) twice; name each column once.")
        }
        let compared = ReportColumn.machineCompared
        if compare == nil, let column = columns?.columns.first(where: { compared.contains($0.name) }) {
            throw ValidationError("The column \(column.name) needs --compare previous.")
        }
    }
}

/// A column to sort by, and the direction: `cost`, `cost:asc`.
struct SortOrder: ExpressibleByArgument {
    var key: ReportArrangement.Key
    /// `nil` for the direction that is usual for the column.
    var isAscending: Bool?

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first.map({ Self.columns[String($0)] ?? String($0) }),
            let key = ReportArrangement.Key(rawValue: name)
        else { return nil }
        self.key = key
        switch parts.count {
        case 1: isAscending = nil
        case 2 where parts[1] == "asc": isAscending = true
        case 2 where parts[1] == "desc": isAscending = false
        default: return nil
        }
    }

    /// The keys of columns that have another name.
    private static let columns = ["share": "cost", "err%": "error-rate"]

    static var names: [String] { ReportArrangement.Key.allCases.map(\.rawValue) }
    static var allValueStrings: [String] { names }
}

/// A list of columns: `calls,cost`.
struct ReportColumns: ExpressibleByArgument {
    var columns: [ReportColumn]
    /// The first name that is not a column's.
    var unknown: String?
    /// The first name that is listed twice.
    var repeated: String?

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard !names.contains("") else { return nil }
        repeated = names.firstRepeated
        (columns, unknown) = ReportColumn.named(names)
    }
}

extension [String] {
    /// The first element that is in the list before; `nil` if all differ.
    var firstRepeated: String? {
        var seen: Set<String> = []
        return first { !seen.insert($0).inserted }
    }
}
