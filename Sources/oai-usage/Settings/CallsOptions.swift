import ArgumentParser

/// The flags for the order and the columns of a list of calls.
struct CallsOptions: ParsableArguments {
    /// The most calls that are sorted, which are in memory.
    static let sortedLimit = 100_000
    /// The most calls that are listed where no limit is named.
    static let defaultLimit = 50

    @Option(
        help: ArgumentHelp(
            "Sort all calls of the period by \(CallOrder.allValueStrings.joined(separator: ", ")); cost:asc begins with the lowest. (default: the latest calls, in the order of their starts)",
            valueName: "column"
        )
    )
    var sort: CallOrder?

    @Option(
        name: [.customShort("n"), .long],
        help: "How many at most, the latest or the first in the order; 0 for all."
    )
    var limit = CallLimit(value: CallsOptions.defaultLimit)

    @Option(
        help: ArgumentHelp(
            "The columns of a table or of CSV, with commas: \(CallColumn.all.map(\.name).joined(separator: ", ")), tag:NAME.",
            valueName: "names"
        )
    )
    var columns: CallColumns?

    @Flag(help: "Write all columns of a table, however narrow the terminal.")
    var wide = false

    func validate() throws {
        if let unknown = columns?.unknown {
            let names = CallColumn.all.map(\.name)
            throw ValidationError(
                "--columns names \"\(unknown)\".\(NearNames.hint(for: unknown, in: names)) There are \(names.joined(separator: ", ")), tag:NAME."
            )
        }
        if let twice = columns?.repeated {
            throw ValidationError("--columns names \(twice) twice; name each column once.")
        }
        if sort != nil, limit.value == 0 || limit.value > Self.sortedLimit {
            throw ValidationError("--sort keeps at most \(Self.sortedLimit) calls; give a --limit from 1 to that.")
        }
    }
}

/// A list of columns of calls: `time,model,cost`.
struct CallColumns: ExpressibleByArgument {
    var columns: [CallColumn] = []
    /// The first name that is not a column's.
    var unknown: String?
    /// The first name that is listed twice.
    var repeated: String?

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard !names.contains("") else { return nil }
        repeated = names.firstRepeated
        for name in names {
            guard let column = CallColumn.named(name) else {
                unknown = name
                return
            }
            columns.append(column)
        }
    }
}
