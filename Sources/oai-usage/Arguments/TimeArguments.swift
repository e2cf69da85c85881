import ArgumentParser
import Foundation
package import OpenAIUsageLedger

extension TimestampArgument: ExpressibleByArgument {
    /// Creates a point in time from text; `nil` for invalid text.
    package init?(argument: String) { self.init(argument) }
}

extension DurationArgument: ExpressibleByArgument {
    /// Creates a duration from text; `nil` for invalid text.
    package init?(argument: String) { self.init(argument) }

    /// The duration in the largest unit that divides it.
    package var defaultValueDescription: String { text }
}

/// A time zone, by its IANA name.
struct TimeZoneArgument: ExpressibleByArgument {
    var timeZone: TimeZone

    init?(argument: String) {
        guard let timeZone = TimeZone(reportName: argument) else { return nil }
        self.timeZone = timeZone
    }

    var defaultValueDescription: String { timeZone.reportName }

    /// The names of all zones, for completions and hints.
    static var names: [String] { ["UTC"] + TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") } }

    static let utc = TimeZoneArgument(timeZone: .gmt)

    private init(timeZone: TimeZone) {
        self.timeZone = timeZone
    }
}

/// The flag for the time zone of days and months.
struct TimeZoneOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The time zone of days and months, as in Europe/Berlin. (default: the variable OAI_USAGE_TIMEZONE, else TZ, else UTC)",
            valueName: "zone"
        )
    )
    var timezone: TimeZoneArgument?

    /// Returns the time zone: that of the flag, of the settings, of the variable `TZ`, or UTC.
    ///
    /// - Parameters:
    ///   - settings: The settings.
    ///   - note: Called if `TZ` would count, but is not an IANA name.
    /// - Returns: The time zone.
    /// - Throws: A ``CommandFailure`` for a setting that is not a time zone.
    func timeZone(
        _ settings: Settings,
        note: (String) -> Void = { StandardError.write($0) }
    ) throws -> TimeZone {
        try settings.timeZone(timezone, note: note)
    }
}
