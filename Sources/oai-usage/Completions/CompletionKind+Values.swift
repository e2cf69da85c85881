package import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

extension CompletionKind {
    /// The projects of the ledger.
    static var projects: CompletionKind { .list { LedgerNames(words: $0).projects } }

    /// The models of the ledger.
    static var models: CompletionKind { .list { LedgerNames(words: $0).models } }

    /// The tags of the ledger, as `name=value`.
    static var tags: CompletionKind { .custom { LedgerNames(words: $0).tags.offered } }

    /// The identities of calls.
    static var calls: CompletionKind {
        .custom { words, _, prefix in LedgerNames(words: words).identities(prefix).offered }
    }

    /// The values of a dimension in the ledger.
    static func values(of dimension: ReportDimension) -> CompletionKind {
        .list { LedgerNames(words: $0).values(of: dimension) }
    }

    /// Dimensions after those that are already in the list; tags by the names in the ledger.
    static var dimensions: CompletionKind {
        .custom { words, _, prefix in
            let names = ReportDimension.names.filter { !$0.contains(":") }
            let tags = LedgerNames(words: words).tagNames.map { "tag:\($0)" }
            return CompletedList(prefix).values(from: names + tags).offered
        }
    }

    /// The models and hosted tools of the built-in prices.
    static var pricedNames: CompletionKind {
        .custom { (PriceBook.bundled.models.map(\.id) + PriceBook.bundled.tools.map(\.id)).sorted().offered }
    }

    /// The names of time zones.
    static var timeZones: CompletionKind { .custom { TimeZoneArgument.names.offered } }

    /// Words that are allowed beside other forms.
    static func words(_ words: [String]) -> CompletionKind { .custom { words.offered } }

    /// Words of which a list with commas is made.
    static func listed(_ words: [String]) -> CompletionKind { .list { _ in words } }

    private static func list(_ values: @escaping @Sendable ([String]) -> [String]) -> CompletionKind {
        .custom { words, _, prefix in CompletedList(prefix).values(from: values(words)).offered }
    }

    private static func custom(_ values: @escaping @Sendable ([String]) -> [String]) -> CompletionKind {
        .custom { words, _, _ in values(words) }
    }

    private static func custom(_ values: @escaping @Sendable () -> [String]) -> CompletionKind {
        .custom { _, _, _ in values() }
    }
}

/// A list with commas of which the last value is being completed.
struct CompletedList {
    /// The complete values with a comma at the end; empty for none.
    private let start: Substring

    /// Creates the list from the text before the cursor.
    init(_ text: String) {
        start = text.lastIndex(of: ",").map { text[...$0] } ?? ""
    }

    /// Returns the list with each value at its end that is not in it.
    func values(from candidates: [String]) -> [String] {
        let present = Set(start.split(separator: ",").map { String($0) })
        return candidates.filter { !present.contains($0) }.map { start + $0 }
    }
}

extension [String] {
    /// The values in the form that the shell expects which asks for them.
    var offered: [String] { CompletionText.offered(self, shell: CompletionShell.requesting) }
}

/// Values as candidates of a shell's completion.
enum CompletionText {
    /// Returns the values that are safe to offer, in the form that a shell expects.
    ///
    /// Names are chosen by the clients of a gateway. Bash expands candidates like words of a script, so that a project named
    /// `$(command)` would run it: values with characters that a shell gives a meaning are left out. For zsh a colon begins
    /// a description, and is escaped.
    static func offered(_ values: [String], shell: CompletionShell?) -> [String] {
        let safe = values.filter { isSafe($0) }
        return shell == .zsh ? safe.map { $0.replacing(":", with: "\\:") } : safe
    }

    /// True if no shell changes the value or splits it.
    static func isSafe(_ value: String) -> Bool {
        guard let first = value.unicodeScalars.first, value.utf8.count <= 200 else { return false }
        // A leading dash would be a flag, and a leading tilde or number sign has a meaning.
        guard first.properties.isAlphabetic || "0"..."9" ~= first || first == "_" else { return false }
        return value.unicodeScalars.allSatisfy { scalar in
            if scalar.isASCII { return allowed.contains(scalar) }
            return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }

    private static let allowed = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/@+=,%".unicodeScalars
    )
}

// The completions of argument types, which every option of the type has.

extension CalendarPeriod {
    package static var defaultCompletionKind: CompletionKind { .words(names) }
}

extension TimestampArgument {
    package static var defaultCompletionKind: CompletionKind { .words(["today", "yesterday", "24h", "7d", "30d"]) }
}

extension TimeZoneArgument {
    static var defaultCompletionKind: CompletionKind { .timeZones }
}

extension TagSelection {
    package static var defaultCompletionKind: CompletionKind { .tags }
}

extension MonthArgument {
    static var defaultCompletionKind: CompletionKind {
        .words((0..<12).map { MonthArgument.name(ago: $0, now: SystemUsageClock().wallMicroseconds) })
    }
}

extension SortOrder {
    static var defaultCompletionKind: CompletionKind { .words(names + names.map { "\($0):asc" }) }
}

extension CallOrder {
    static var defaultCompletionKind: CompletionKind { .words(allValueStrings + allValueStrings.map { "\($0):asc" }) }
}

extension ReportColumns {
    static var defaultCompletionKind: CompletionKind { .listed(ReportColumn.all.map(\.name)) }
}

extension CallColumns {
    static var defaultCompletionKind: CompletionKind { .listed(CallColumn.all.map(\.name)) }
}

extension Dimensions {
    static var defaultCompletionKind: CompletionKind { .dimensions }
}
