import ArgumentParser
import Foundation

/// A time zone by its IANA name.
struct TimeZoneArgument: ExpressibleByArgument {
    var timeZone: TimeZone

    init?(argument: String) {
        if argument == "UTC" || argument == "GMT" {
            timeZone = .gmt
            return
        }
        // Foundation also takes abbreviations, of which several countries claim the same.
        guard argument.contains("/"), let timeZone = TimeZone(identifier: argument) else { return nil }
        self.timeZone = timeZone
    }

    var defaultValueDescription: String { timeZone == .gmt ? "UTC" : timeZone.identifier }

    static let utc = TimeZoneArgument(timeZone: .gmt)

    private init(timeZone: TimeZone) {
        self.timeZone = timeZone
    }
}
