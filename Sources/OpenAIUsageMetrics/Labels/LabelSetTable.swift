/// A set of label values: open-ended ones as numbers of ``InternedNames``, closed enumerations packed into an integer.
struct LabelSet: Sendable, Hashable {
    /// The project; `other` in families without a project label.
    var project = InternedNames.other
    var model: UInt16
    /// The values of the closed labels.
    var detail: UInt32

    /// The detail that represents any value.
    static let otherDetail = UInt32.max
}

/// The label sets of a family; their number never exceeds a cap, and sets are never removed.
///
/// A set beyond the cap is folded: its project becomes `other`, then its model, then the rest. Room is reserved for
/// folded sets, so that every call is counted. An admitted set stays, because a counter that disappears looks like a
/// counter reset.
struct LabelSetTable<Entry: Sendable>: Sendable {
    /// The result of a lookup.
    struct Place: Sendable, Equatable {
        var index: Int
        var isProjectFolded = false
        var isModelFolded = false
    }

    /// The numbers of sets from which new sets are folded.
    struct Capacity: Sendable {
        /// The number from which projects are folded.
        var full: Int
        /// The number from which models are folded too.
        var withoutProject: Int
        /// The number from which all labels are folded.
        var withoutModel: Int

        /// The maximum number of sets.
        var cap: Int { withoutModel + 1 }
    }

    /// The entry of each set.
    var entries: [Entry] = []
    private let capacity: Capacity
    private var places: [LabelSet: Int] = [:]

    init(_ capacity: Capacity) {
        self.capacity = capacity
    }

    /// Returns the place of a set or of the set it is folded to, creating an entry if necessary.
    mutating func place(of set: LabelSet, makeEntry: (LabelSet) -> Entry) -> Place {
        if let index = places[set] { return Place(index: index) }
        var set = set
        if let index = insert(set, below: capacity.full, makeEntry) { return Place(index: index) }
        var place = Place(index: 0)
        if set.project != InternedNames.other {
            place.isProjectFolded = true
            set.project = InternedNames.other
        }
        if let index = places[set] ?? insert(set, below: capacity.withoutProject, makeEntry) {
            place.index = index
            return place
        }
        place.isModelFolded = set.model != InternedNames.other
        set.model = InternedNames.other
        if let index = places[set] ?? insert(set, below: capacity.withoutModel, makeEntry) {
            place.index = index
            return place
        }
        set.detail = LabelSet.otherDetail
        place.index = places[set] ?? insert(set, below: .max, makeEntry) ?? 0
        return place
    }

    private mutating func insert(_ set: LabelSet, below limit: Int, _ makeEntry: (LabelSet) -> Entry) -> Int? {
        guard entries.count < limit else { return nil }
        places[set] = entries.count
        entries.append(makeEntry(set))
        return entries.count - 1
    }
}
