/// The models that can become the values of a label.
///
/// A caller can name any model. A name becomes a label once the provider vouches for it: it served a call, a call that
/// asked for it succeeded (`gpt-4o` was served by `gpt-4o-2024-08-06`), or a snapshot of it served. Names of the price book
/// need no voucher. Errors of such a name are then counted under it.
struct ModelNames: Sendable {
    /// The most names that are remembered as vouched for, beside those that are labels.
    static let maximumAliases = InternedNames.maximumCount

    private var table = InternedNames(LabelValue.none)
    private var aliases: Set<String> = []
    /// True for the names that the price book lists.
    var isListed: @Sendable (String) -> Bool = { _ in false }

    /// The name of a number.
    subscript(number: UInt16) -> String { table[number] }

    /// The number of a name that is a label already.
    subscript(name: String) -> UInt16? { table[name] }

    /// Makes a name a label, and vouches for the name without the date of a snapshot; `nil` when there are too many.
    mutating func admit(_ name: String) -> UInt16? {
        insert(Self.withoutSnapshot(name))
        return table.admit(name)
    }

    /// True if the name is one of the provider's, as far as is known.
    func isKnown(_ name: String) -> Bool { aliases.contains(name) || isListed(name) }

    /// Remembers the name that a call asked for, if the provider accepted it and another one served.
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

    /// The name without the date at its end (`-2024-08-06` or `-0613`); `nil` if it has none.
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
