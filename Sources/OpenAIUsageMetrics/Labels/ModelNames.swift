/// The models that may be values of a label.
///
/// Callers can send any model name. A name is admitted once the provider has confirmed it: a call was served by it, a
/// call that requested it succeeded (`gpt-4o` was served by `gpt-4o-2024-08-06`), or one of its snapshots served a
/// call. Names in the price book need no confirmation. Errors are then counted under the name too.
struct ModelNames: Sendable {
    /// The maximum number of confirmed names that are not labels yet.
    static let maximumAliases = InternedNames.maximumCount

    private var table = InternedNames(LabelValue.none)
    private var aliases: Set<String> = []
    /// Returns true for names listed in the price book.
    var isListed: @Sendable (String) -> Bool = { _ in false }

    /// The name of a number.
    subscript(number: UInt16) -> String { table[number] }

    /// The number of a name; `nil` if it is not admitted.
    subscript(name: String) -> UInt16? { table[name] }

    /// Admits a name and confirms its form without a snapshot date; `nil` if the table is full.
    mutating func admit(_ name: String) -> UInt16? {
        insert(Self.withoutSnapshot(name))
        return table.admit(name)
    }

    /// Returns true if the name is confirmed or listed in the price book.
    func isKnown(_ name: String) -> Bool { aliases.contains(name) || isListed(name) }

    /// Confirms the name that a successful call requested, if another one served it.
    mutating func note(accepted name: String?, served: String) {
        guard let name, name != served, !aliases.contains(name) else { return }
        insert(name)
        insert(Self.withoutSnapshot(name))
    }

    private mutating func insert(_ name: String?) {
        guard let name, aliases.count < Self.maximumAliases, name != LabelValue.none, name != LabelValue.other else {
            return
        }
        aliases.insert(name)
    }

    /// Returns the name without its snapshot date (`-2024-08-06` or `-0613`); `nil` if it has none.
    static func withoutSnapshot(_ name: String) -> String? {
        let parts = name.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        func isNumber(_ part: Substring.UTF8View, _ length: Int) -> Bool {
            part.count == length && part.allSatisfy { 0x30...0x39 ~= $0 }
        }
        let count: Int
        if parts.count > 3, isNumber(parts[parts.count - 1], 2), isNumber(parts[parts.count - 2], 2),
            isNumber(parts[parts.count - 3], 4)
        {
            count = 11
        } else if parts.count > 1, isNumber(parts[parts.count - 1], 4) {
            count = 5
        } else {
            return nil
        }
        let rest = String(name.dropLast(count))
        return rest.isEmpty ? nil : rest
    }
}
