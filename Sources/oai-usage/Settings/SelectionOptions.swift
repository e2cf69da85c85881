public import ArgumentParser
import Foundation
public import OpenAIUsage
import OpenAIUsageLedger

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
    var tag: [TagArgument] = []

    @Option(
        help: ArgumentHelp("From when: 7d, 12h, today, yesterday, 2026-11-01, 2026-11-01T12:00.", valueName: "time")
    )
    var since: PointInTime?

    @Option(help: ArgumentHelp("Until when, exclusive. (default: now)", valueName: "time"))
    var until: PointInTime?

    @Option(help: ArgumentHelp("The time zone of days and of times without one, by its IANA name.", valueName: "zone"))
    var timezone = TimeZoneArgument.utc

    /// The filter that the flags make.
    var filter: CallFilter {
        var filter = CallFilter()
        filter.projects = project
        filter.models = model
        filter.endpoints = endpoint
        filter.outcomes = outcome
        for pair in tag { filter.tags[pair.name] = pair.value }
        return filter
    }

    /// The times that the flags name, in microseconds since 1970.
    func range(now: Int64) throws -> (from: Int64?, to: Int64?) {
        let from = since?.microseconds(now: now, timeZone: timezone.timeZone)
        let to = until?.microseconds(now: now, timeZone: timezone.timeZone)
        if let from, from >= to ?? now + 1 {
            throw ValidationError("--since must be before --until.")
        }
        return (from, to)
    }
}

/// A tag as `name=value`.
struct TagArgument: ExpressibleByArgument {
    var name: String
    var value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        name = String(parts[0])
        value = String(parts[1])
    }
}

extension Outcome: ExpressibleByArgument {}
