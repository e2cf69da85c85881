import ArgumentParser
import OpenAIUsage
package import OpenAIUsageLedger

/// The flags that select calls.
///
/// Values may be repeated, listed with commas, and contain `*` and `?`. Each filter has an opposite, `--NAME-not`.
struct SelectionOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "Only this project; with commas, * and ?, repeatable. Opposites: --project-not and so on.",
        completion: .projects
    )
    var project: [String] = []

    @Option(name: .shortAndLong, help: "Only this model, served or requested, with its snapshots.", completion: .models)
    var model: [String] = []

    @Option(help: ArgumentHelp("Only this model as it was requested.", valueName: "model"))
    var requestedModel: [String] = []

    @Option(help: "Only this endpoint, as in chat.completions.")
    var endpoint: [String] = []

    @Option(help: "Only this organization.")
    var organization: [String] = []

    @Option(help: ArgumentHelp("Only this API key, by a part of its fingerprint, as in #5f2c9a.", valueName: "part"))
    var key: [String] = []

    @Option(help: "Only this client, as in 'OpenAI/Python*'.")
    var client: [String] = []

    @Option(help: "Only this host of the upstream.")
    var host: [String] = []

    @Option(help: "Only this service tier that served.")
    var tier: [String] = []

    @Option(help: "Only this outcome: \(Outcome.allCases.map(\.rawValue).joined(separator: ", ")).")
    var outcome: [String] = []

    @Option(help: "Only this HTTP status, as in 429 or 5xx.")
    var status: [String] = []

    @Option(help: ArgumentHelp("Only this code, else type, of the API's error.", valueName: "code"))
    var error: [String] = []

    @Option(help: ArgumentHelp("Only calls with this tag.", valueName: "name=value"))
    var tag: [TagSelection] = []

    @Option(help: .hidden) var projectNot: [String] = []
    @Option(help: .hidden) var modelNot: [String] = []
    @Option(help: .hidden) var requestedModelNot: [String] = []
    @Option(help: .hidden) var endpointNot: [String] = []
    @Option(help: .hidden) var organizationNot: [String] = []
    @Option(help: .hidden) var keyNot: [String] = []
    @Option(help: .hidden) var clientNot: [String] = []
    @Option(help: .hidden) var hostNot: [String] = []
    @Option(help: .hidden) var tierNot: [String] = []
    @Option(help: .hidden) var outcomeNot: [String] = []
    @Option(help: .hidden) var statusNot: [String] = []
    @Option(help: .hidden) var errorNot: [String] = []
    @Option(help: .hidden) var tagNot: [TagSelection] = []

    @Option(help: ArgumentHelp("Only calls that took so long, as in 2s.", valueName: "duration"))
    var minDuration: DurationArgument?

    @Option(
        help: ArgumentHelp("From when: 7d, 12h, today, yesterday, 2026-11-01, 2026-11-01T12:00.", valueName: "time")
    )
    var since: TimestampArgument?

    @Option(help: ArgumentHelp("Until when, exclusive. (default: now)", valueName: "time"))
    var until: TimestampArgument?

    @Option(
        help: ArgumentHelp(
            "A period instead of --since and --until: today, yesterday, this-week, last-week, this-month, last-month, mtd, ytd, 2026-10, 2026-W48, ...",
            valueName: "period"
        )
    )
    var period: CalendarPeriod?

    @Option(help: ArgumentHelp("The same as --period with a month.", valueName: "yyyy-mm"))
    var month: CalendarPeriod?

    @Option(help: ArgumentHelp("The time zone of days and of times without one, by its IANA name.", valueName: "zone"))
    var timezone = TimeZoneArgument.utc

    /// The filters with their opposites.
    private var filters: [(dimension: ReportDimension, values: [String], excluded: [String])] {
        [
            (.project, project, projectNot), (.model, model, modelNot),
            (.requestedModel, requestedModel, requestedModelNot), (.endpoint, endpoint, endpointNot),
            (.organization, organization, organizationNot), (.key, key, keyNot), (.client, client, clientNot),
            (.host, host, hostNot), (.serviceTier, tier, tierNot), (.outcome, outcome, outcomeNot),
            (.status, status, statusNot), (.errorCode, error, errorNot),
        ]
    }

    /// Returns the selection that results from the flags.
    ///
    /// - Parameter now: The time in microseconds since 1970, in which relative periods are resolved.
    /// - Returns: The selection.
    /// - Throws: A `ParameterError` for a value that no call can have, or a period in the future.
    func selection(now: Int64) throws -> CallSelection {
        var selection = CallSelection()
        for filter in filters {
            try selection.add(filter.dimension, filter.values.flatMap(Self.listed), isExcluded: false)
            try selection.add(filter.dimension, filter.excluded.flatMap(Self.listed), isExcluded: true)
        }
        for tag in tag { try selection.add(.tag(tag.name), Self.listed(tag.value), isExcluded: false) }
        for tag in tagNot { try selection.add(.tag(tag.name), Self.listed(tag.value), isExcluded: true) }
        selection.minimumDuration = minDuration
        selection.since = since
        selection.until = until
        selection.timeZone = timezone.timeZone
        if let period = period ?? month {
            guard let range = period.range(now: now, timeZone: timezone.timeZone) else {
                throw ParameterError(month == nil ? "period" : "month", "\(period) lies in the future")
            }
            selection.since = .absolute(microseconds: range.from)
            selection.until = .absolute(microseconds: range.to)
        }
        return selection
    }

    /// The values of a list with commas; `\,` is a comma in a value.
    private static func listed(_ text: String) -> [String] {
        var values = [""]
        var isEscaped = false
        for character in text {
            if isEscaped {
                values[values.count - 1].append(character == "," ? "," : "\\\(character)")
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "," {
                values.append("")
            } else {
                values[values.count - 1].append(character)
            }
        }
        if isEscaped { values[values.count - 1].append("\\") }
        return values
    }

    func validate() throws {
        if let month, case .month = month {
        } else if month != nil {
            throw ValidationError("--month must be a month, as in 2026-10.")
        }
        let times = [since == nil ? nil : "--since", until == nil ? nil : "--until"].compactMap { $0 }
        let periods = [period == nil ? nil : "--period", month == nil ? nil : "--month"].compactMap { $0 }
        if periods.count > 1 || (!periods.isEmpty && !times.isEmpty) {
            throw ValidationError("\((periods + times).joined(separator: " and ")) exclude one another.")
        }
        // Relative times change only by the time between validation and the query.
        let now = SystemUsageClock().wallMicroseconds
        do { _ = try selection(now: now).range(now: now) } catch { throw ValidationError("--\(error)") }
    }
}

extension TagSelection: ExpressibleByArgument {
    /// Creates a tag selection from `name=value`; `nil` for invalid text.
    package init?(argument: String) { self.init(argument) }
}

extension CalendarPeriod: ExpressibleByArgument {
    /// Creates a period from its name; `nil` for invalid text.
    package init?(argument: String) { self.init(argument) }

    /// The names of relative periods, for completions.
    package static var allValueStrings: [String] { names }
}
