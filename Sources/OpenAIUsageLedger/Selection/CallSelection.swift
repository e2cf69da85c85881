package import Foundation
import OpenAIUsage

/// A selection of calls, as given by flags of commands and parameters of the API.
package struct CallSelection: Sendable, Equatable {
    /// The conditions.
    package var conditions: [CallFilter.Condition] = []
    /// The shortest duration of a call; `nil` for any.
    package var minimumDuration: DurationArgument?
    /// The start of the range, inclusive; `nil` for the first call.
    package var since: TimestampArgument?
    /// The end of the range, exclusive; `nil` for now.
    package var until: TimestampArgument?
    /// The time zone of days and of times without an offset.
    package var timeZone = TimeZone.gmt

    /// Creates a selection of all calls.
    package init() {}

    /// The filter of the selection.
    package var filter: CallFilter {
        CallFilter(conditions, minimumDuration: minimumDuration.map { .milliseconds($0.milliseconds) })
    }

    /// The dimensions that calls can be selected by, except tags.
    package static let dimensions: [ReportDimension] = [
        .project, .model, .requestedModel, .endpoint, .organization, .key, .client, .host, .serviceTier, .outcome,
        .status, .errorCode,
    ]

    /// Adds a condition on a dimension.
    ///
    /// - Parameters:
    ///   - dimension: The dimension.
    ///   - values: The values or globs; none adds no condition.
    ///   - isExcluded: True to exclude calls with any of the values.
    /// - Throws: A ``ParameterError`` for a value that no call can have.
    package mutating func add(
        _ dimension: ReportDimension,
        _ values: [String],
        isExcluded: Bool
    ) throws(ParameterError) {
        guard !values.isEmpty else { return }
        var values = values
        switch dimension {
        case .outcome:
            let known = Outcome.allCases.map(\.rawValue)
            for value in values where !known.contains(where: Glob(value).matches) {
                let names = known.joined(separator: ", ")
                throw ParameterError("outcome", "is \"\(value.prefix(100))\"; it must be one of \(names)")
            }
        case .status:
            for (index, value) in values.enumerated() where value != CallFilter.missing {
                // `4xx` is how people write it.
                let pattern = value.replacing("x", with: "?").replacing("X", with: "?")
                guard 1...3 ~= pattern.utf8.count, pattern.allSatisfy({ $0.isNumber || $0 == "?" || $0 == "*" }) else {
                    let problem = "is \"\(value.prefix(100))\"; it must be as 429, 5xx, 4* or - for none"
                    throw ParameterError("status", problem)
                }
                values[index] = pattern
            }
        default: break
        }
        conditions.append(CallFilter.Condition(dimension, values, isExcluded: isExcluded))
    }

    /// Returns the range in microseconds since 1970; `nil` for an open end.
    ///
    /// - Throws: A ``ParameterError`` if the range ends before it begins.
    package func range(now: Int64) throws(ParameterError) -> (from: Int64?, to: Int64?) {
        let from = since?.microseconds(now: now, timeZone: timeZone)
        let to = until?.microseconds(now: now, timeZone: timeZone)
        if let from, let to, from >= to {
            let (start, end) = (TimestampText.utc(from, isShort: true), TimestampText.utc(to, isShort: true))
            throw ParameterError("since", "is \(start); it must be before the end of the range, \(end)")
        }
        return (from, to)
    }

    /// Returns the selection with absolute times.
    ///
    /// - Parameters:
    ///   - now: The time in microseconds since 1970.
    ///   - hasEnd: True to end an open range now; false to include calls that a wrong clock has dated in the future.
    /// - Returns: The selection.
    /// - Throws: A ``ParameterError`` if the range ends before it begins, or ends now and begins later.
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

/// A required tag in the form `name=value`.
package struct TagSelection: Sendable, Equatable {
    /// The name of the tag.
    package var name: String
    /// The required value.
    package var value: String

    /// Creates a tag from its text; `nil` if the text is malformed.
    package init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        name = String(parts[0])
        value = String(parts[1])
    }
}

/// The error for an invalid parameter.
package struct ParameterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name of the parameter; `nil` if the error does not concern a single one.
    package var parameter: String?
    /// The problem and what is allowed, without the parameter's name and without a final period.
    package var problem: String

    package init(_ parameter: String?, _ problem: String) {
        self.parameter = parameter
        self.problem = problem
    }

    /// The error as a sentence.
    package var description: String { "\(parameter.map { "\($0) " } ?? "")\(problem)." }
}
