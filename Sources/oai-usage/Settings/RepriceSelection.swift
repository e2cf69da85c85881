import ArgumentParser
import Foundation
import OpenAIUsageLedger

/// The flags that select the calls to reprice.
struct RepriceSelection: ParsableArguments {
    @Option(
        help: ArgumentHelp("From when: 7d, 12h, today, yesterday, 2026-11-01, 2026-11-01T12:00.", valueName: "time")
    )
    var since: TimestampArgument?

    @Option(help: ArgumentHelp("Until when, exclusive. (default: now)", valueName: "time"))
    var until: TimestampArgument?

    @Option(name: .shortAndLong, help: "Only this project; repeatable.", completion: .projects)
    var project: [String] = []

    @Option(name: .shortAndLong, help: "Only this model; repeatable.", completion: .models)
    var model: [String] = []

    @Option(
        help: ArgumentHelp("The time zone of times without one, by its IANA name. (default: UTC)", valueName: "zone")
    )
    var timezone: TimeZoneArgument?

    @Flag(help: "Show what would change, and write nothing.")
    var dryRun = false

    private static let missingStart = ValidationError(
        "Missing expected argument '--since <time>'; say from when on, as in --since 30d."
    )

    /// Throws if there is no start.
    func requireStart() throws {
        if since == nil { throw Self.missingStart }
    }

    /// True if no flag is given.
    var isEmpty: Bool { since == nil && until == nil && project.isEmpty && model.isEmpty && !dryRun }

    /// Returns the query that results from the flags.
    func query(now: Int64, timeZone: TimeZone) throws -> RepriceQuery {
        guard let since else { throw Self.missingStart }
        var query = RepriceQuery(
            from: since.microseconds(now: now, timeZone: timeZone),
            to: until?.microseconds(now: now, timeZone: timeZone) ?? now + 1
        )
        guard query.fromMicroseconds < query.toMicroseconds else {
            throw ValidationError("--since must be before --until.")
        }
        query.filter.require(.project, project)
        query.filter.require(.model, model)
        query.isDryRun = dryRun
        return query
    }
}
