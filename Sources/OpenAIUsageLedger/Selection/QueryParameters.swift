import Foundation
import OpenAIUsage

/// The parameters of a URL's query, which are removed one by one until none is left.
package struct QueryParameters: Sendable {
    /// The longest query, in bytes.
    package static let maximumLength = 16_384

    private var pairs: [(name: String, value: String)] = []
    private var known: [String] = []

    /// Creates the parameters from a query, in which `+` and `%20` are spaces.
    ///
    /// - Parameter query: The part of a URL after `?`.
    /// - Throws: A ``ParameterError`` if the query is too long or malformed.
    package init(_ query: String) throws(ParameterError) {
        guard query.utf8.count <= Self.maximumLength else {
            throw ParameterError(nil, "The query is longer than \(Self.maximumLength) bytes")
        }
        for part in query.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func text(_ part: Substring) -> String? { Self.decoded(String(part.map { $0 == "+" ? " " : $0 })) }
            guard let name = text(halves[0]), let value = text(halves.count > 1 ? halves[1] : "") else {
                throw ParameterError(nil, "The query is encoded wrongly: %XX must be two hexadecimal digits of UTF-8")
            }
            pairs.append((name, value))
        }
    }

    /// Returns a part of a URL without its percent-encoding; `nil` if it is malformed.
    package static func decoded(_ text: String) -> String? { text.removingPercentEncoding }

    /// Removes and returns all values of a parameter that may be repeated.
    package mutating func all(_ name: String) -> [String] {
        known.append(name)
        let values = pairs.filter { $0.name == name }.map(\.value)
        pairs.removeAll { $0.name == name }
        return values
    }

    /// Removes and parses all values of a parameter that may be repeated.
    ///
    /// - Parameters:
    ///   - name: The name of the parameter.
    ///   - allowed: The text after "must be" in an error.
    ///   - read: Parses a value; `nil` if it is invalid.
    /// - Returns: The values.
    /// - Throws: A ``ParameterError``.
    package mutating func all<Value>(
        _ name: String,
        _ allowed: String,
        _ read: (String) -> Value?
    ) throws(ParameterError) -> [Value] {
        var values: [Value] = []
        for text in all(name) {
            guard let value = read(text) else {
                throw ParameterError(name, "is \"\(text.prefix(100))\"; it must be \(allowed)")
            }
            values.append(value)
        }
        return values
    }

    /// Removes and parses the value of a parameter that may be given once.
    ///
    /// - Parameters:
    ///   - name: The name of the parameter.
    ///   - allowed: The text after "must be" in an error.
    ///   - read: Parses the value; `nil` if it is invalid.
    /// - Returns: The value; `nil` if there is none.
    /// - Throws: A ``ParameterError``.
    package mutating func one<Value>(
        _ name: String,
        _ allowed: String,
        _ read: (String) -> Value?
    ) throws(ParameterError) -> Value? {
        let values = try all(name, allowed, read)
        guard values.count <= 1 else { throw ParameterError(name, "stands there \(values.count) times; give it once") }
        return values.first
    }

    /// Throws if parameters are left.
    ///
    /// - Throws: A ``ParameterError`` that names one of them.
    package func finish() throws(ParameterError) {
        guard let rest = pairs.first else { return }
        let names = known.filter { !$0.hasSuffix("-not") }
        let opposites = names.count < known.count ? ", and the opposites of filters, as in project-not" : ""
        let allowed = known.isEmpty ? "there are none here" : "known are \(names.joined(separator: ", "))\(opposites)"
        throw ParameterError(String(rest.name.prefix(100)), "is not known; \(allowed)")
    }

    /// Returns a query with some parameters.
    package static func text(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }

    /// Returns a text with everything but letters, digits and `-._~` percent-encoded.
    package static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}

extension CallSelection {
    /// Creates a selection from the parameters of a URL.
    ///
    /// - Throws: A ``ParameterError`` for an invalid value.
    package init(_ parameters: inout QueryParameters) throws(ParameterError) {
        self.init()
        for dimension in Self.dimensions {
            try add(dimension, parameters.all(dimension.description), isExcluded: false)
            try add(dimension, parameters.all("\(dimension)-not"), isExcluded: true)
        }
        for (name, isExcluded) in [("tag", false), ("tag-not", true)] {
            for tag in try parameters.all(name, "name=value", { TagSelection($0) }) {
                try add(.tag(tag.name), [tag.value], isExcluded: isExcluded)
            }
        }
        minimumDuration = try parameters.one("min-duration", "a duration, as in 300ms or 2s") { DurationArgument($0) }
        since = try parameters.one("since", Self.times, Self.time)
        until = try parameters.one("until", Self.times, Self.time)
        let zone = "the IANA name of a time zone, as in Europe/Paris, or UTC"
        timeZone = try parameters.one("timezone", zone) { TimeZone(reportName: $0) } ?? .gmt
    }

    private static let times = "a time, as in 7d, 12h, today, yesterday, 2026-11-01 or 2026-11-01T12:00:00Z"

    private static func time(_ text: String) -> TimestampArgument? {
        // The plus sign of an offset that was not encoded has become a space.
        TimestampArgument(text) ?? TimestampArgument(text.replacing(" ", with: "+"))
    }

    /// The parameters of the selection, whose times must be resolved.
    package var parameters: [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for condition in conditions {
            let suffix = condition.isExcluded ? "-not" : ""
            if case .tag(let name) = condition.dimension {
                pairs += condition.values.map { ("tag\(suffix)", "\(name)=\($0)") }
            } else {
                pairs += condition.values.map { ("\(condition.dimension)\(suffix)", $0) }
            }
        }
        if let minimumDuration { pairs.append(("min-duration", minimumDuration.text)) }
        for (name, time) in [("since", since), ("until", until)] {
            if case .absolute(let microseconds)? = time { pairs.append((name, TimestampText.utc(microseconds))) }
        }
        if timeZone != .gmt { pairs.append(("timezone", timeZone.identifier)) }
        return pairs
    }
}
