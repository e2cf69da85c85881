package import Foundation
package import OpenAIUsage

/// The calls that a person asks for, as flags of commands and parameters of the API name them.
package struct CallSelection: Sendable, Equatable {
    /// The projects; empty for all.
    package var projects: [String] = []
    /// The models, as requested or as served; empty for all.
    package var models: [String] = []
    /// The endpoints; empty for all.
    package var endpoints: [String] = []
    /// The outcomes; empty for all.
    package var outcomes: [Outcome] = []
    /// The tags, every one of which a call must bear.
    package var tags: [TagSelection] = []
    /// The start of the range, inclusive; `nil` for the first call.
    package var since: TimestampArgument?
    /// The end of the range, exclusive; `nil` for now.
    package var until: TimestampArgument?
    /// The time zone of days and of times without one.
    package var timeZone = TimeZone.gmt

    /// Creates a selection of all calls.
    package init() {}

    /// The filter that the selection makes.
    package var filter: CallFilter {
        var filter = CallFilter()
        filter.projects = projects
        filter.models = models
        filter.endpoints = endpoints
        filter.outcomes = outcomes
        for tag in tags { filter.tags[tag.name] = tag.value }
        return filter
    }

    /// The times of the range, in microseconds since 1970; `nil` for an open end.
    ///
    /// - Throws: A ``ParameterError`` for a range that ends before it begins.
    package func range(now: Int64) throws(ParameterError) -> (from: Int64?, to: Int64?) {
        let from = since?.microseconds(now: now, timeZone: timeZone)
        let to = until?.microseconds(now: now, timeZone: timeZone)
        if let from, let to, from >= to { throw ParameterError("since", "must be before until") }
        return (from, to)
    }

    /// The same selection with times that do not depend on when they are read.
    ///
    /// - Parameters:
    ///   - now: The time, in microseconds since 1970.
    ///   - hasEnd: False if a range without an end has none, so that calls are listed that a wrong clock has put into the future.
    /// - Returns: The selection.
    /// - Throws: A ``ParameterError`` for a range that ends before it begins, or that ends now and begins later.
    package func resolved(now: Int64, hasEnd: Bool = true) throws(ParameterError) -> CallSelection {
        let range = try range(now: now)
        if hasEnd, range.to == nil, let from = range.from, from > now {
            throw ParameterError("since", "lies in the future")
        }
        var selection = self
        selection.since = range.from.map { .absolute(microseconds: $0) }
        selection.until = (range.to ?? (hasEnd ? now + 1 : nil)).map { .absolute(microseconds: $0) }
        return selection
    }
}

/// A tag as `name=value`.
package struct TagSelection: Sendable, Equatable {
    /// The tag's name.
    package var name: String
    /// The value that a call must bear.
    package var value: String

    /// Reads a tag; `nil` for a text that is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        name = String(parts[0])
        value = String(parts[1])
    }
}

/// The reason why a parameter is not understood.
package struct ParameterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The parameter's name; `nil` if it is none of one parameter.
    package var parameter: String?
    /// The problem and what is allowed, without the name before it and without a full stop.
    package var problem: String

    package init(_ parameter: String?, _ problem: String) {
        self.parameter = parameter
        self.problem = problem
    }

    /// The sentence for a reader.
    package var description: String { "\(parameter.map { "\($0) " } ?? "")\(problem)." }
}
