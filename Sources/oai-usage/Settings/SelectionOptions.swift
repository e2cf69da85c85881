public import ArgumentParser
public import OpenAIUsage
package import OpenAIUsageLedger

/// The flags that select calls.
struct SelectionOptions: ParsableArguments {
    @Option(help: "Only this project; repeatable.")
    var project: [String] = []

    @Option(help: "Only this model; repeatable.")
    var model: [String] = []

    @Option(help: "Only this endpoint, as in chat.completions; repeatable.")
    var endpoint: [String] = []

    @Option(help: "Only this outcome; repeatable.")
    var outcome: [Outcome] = []

    @Option(help: ArgumentHelp("Only calls with this tag; repeatable.", valueName: "name=value"))
    var tag: [TagSelection] = []

    @Option(
        help: ArgumentHelp("From when: 7d, 12h, today, yesterday, 2026-11-01, 2026-11-01T12:00.", valueName: "time")
    )
    var since: TimestampArgument?

    @Option(help: ArgumentHelp("Until when, exclusive. (default: now)", valueName: "time"))
    var until: TimestampArgument?

    @Option(help: ArgumentHelp("The time zone of days and of times without one, by its IANA name.", valueName: "zone"))
    var timezone = TimeZoneArgument.utc

    /// The selection that results from the flags.
    var selection: CallSelection {
        var selection = CallSelection()
        selection.projects = project
        selection.models = model
        selection.endpoints = endpoint
        selection.outcomes = outcome
        selection.tags = tag
        selection.since = since
        selection.until = until
        selection.timeZone = timezone.timeZone
        return selection
    }

    func validate() throws {
        // Relative times change only by the time between validation and the query.
        let now = SystemUsageClock().wallMicroseconds
        do { _ = try selection.range(now: now) } catch { throw ValidationError("--since must be before --until.") }
    }
}

extension TagSelection: ExpressibleByArgument {
    /// Creates a tag selection from `name=value`; `nil` for invalid text.
    package init?(argument: String) { self.init(argument) }
}

extension Outcome: ExpressibleByArgument {}
