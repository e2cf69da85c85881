/// The models that may be values of a label.
///
/// Callers can send any model name. A name is admitted once the provider has confirmed it: a call was served by it, or a
/// call that requested it succeeded. Names in the price book need no confirmation. Errors are then counted under the name
/// too. Labels are names without the date of a snapshot, so that a model and its snapshots are one.
struct ModelNames: Sendable {
    private var table: InternedNames
    private var aliases: Set<String> = []
    /// Returns true for names listed in the price book.
    var isListed: @Sendable (String) -> Bool = { _ in false }

    init(maximumCount: Int) {
        table = InternedNames(LabelValue.none, maximumCount: maximumCount)
    }

    /// The name of a number.
    subscript(number: UInt16) -> String { table[number] }

    /// The number of a name; `nil` if it is not admitted.
    subscript(name: String) -> UInt16? { table[name] }

    /// Admits a name; `nil` if the table is full.
    mutating func admit(_ name: String) -> UInt16? { table.admit(name) }

    /// Returns true if the name is confirmed or listed in the price book.
    func isKnown(_ name: String) -> Bool { aliases.contains(name) || isListed(name) }

    /// Confirms the name that a successful call requested, if another one served it.
    mutating func note(accepted name: String?, served: String) {
        guard let name, name != served, aliases.count < table.maximumCount, name != LabelValue.none,
            name != LabelValue.other
        else { return }
        aliases.insert(name)
    }
}
