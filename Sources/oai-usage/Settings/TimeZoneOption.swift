import ArgumentParser
import Foundation
import OpenAIUsageLedger

/// The flag for the time zone of days and months.
struct TimeZoneOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The time zone of days and months, by its IANA name. (default: the variable OAI_USAGE_TIMEZONE, else TZ, else UTC)",
            valueName: "zone"
        )
    )
    var timezone: TimeZoneArgument?

    /// Returns the time zone: that of the flag, of the settings, of the variable `TZ`, or UTC.
    ///
    /// - Throws: A ``CommandFailure`` for a setting that is no time zone.
    func timeZone(_ settings: Settings) throws -> TimeZone { try settings.timeZone(timezone) }
}
