import ArgumentParser
import Foundation
package import OpenAIUsageLedger

extension TimestampArgument: ExpressibleByArgument {
    /// Reads a point in time.
    package init?(argument: String) { self.init(argument) }
}

extension DurationArgument: ExpressibleByArgument {
    /// Reads a length of time.
    package init?(argument: String) { self.init(argument) }

    /// The length in the largest unit that it is a whole number of.
    package var defaultValueDescription: String { text }
}

/// A time zone by its IANA name.
struct TimeZoneArgument: ExpressibleByArgument {
    var timeZone: TimeZone

    init?(argument: String) {
        guard let timeZone = TimeZone(reportName: argument) else { return nil }
        self.timeZone = timeZone
    }

    var defaultValueDescription: String { timeZone.reportName }

    static let utc = TimeZoneArgument(timeZone: .gmt)

    private init(timeZone: TimeZone) {
        self.timeZone = timeZone
    }
}
