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

    /// Returns the time zone.
    ///
    /// - Throws: A ``CommandFailure`` for a setting that is no time zone.
    func timeZone(_ settings: Settings) throws -> TimeZone {
        if let timezone { return timezone.timeZone }
        if let text = settings.text("timezone") {
            guard let zone = TimeZone(reportName: text) else {
                throw CommandFailure(
                    "\(settings.place("timezone")) is \"\(text.prefix(100))\"; it must be the name of a time zone, as in \"Europe/Paris\"."
                )
            }
            return zone
        }
        return settings.variable("TZ").flatMap { TimeZone(reportName: $0) } ?? .gmt
    }
}
