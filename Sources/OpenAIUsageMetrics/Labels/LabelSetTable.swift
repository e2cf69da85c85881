/// A set of label values: the open ones by their numbers in a ``InternedNames``, the closed ones packed.
struct LabelSet: Sendable, Hashable {
    /// The project; `other` in families without that label.
    var project = InternedNames.other
    var model: UInt16
    /// The values of the labels that are closed enumerations.
    var detail: UInt32

    /// The detail that stands for any.
    static let otherDetail = UInt32.max
}

/// The sets of label values that a family may hold: never more than its cap, and never one less.
///
/// A set that would pass the cap is folded: its project becomes `other`, then its model, then the rest. Room for the
/// folded sets is kept back, so that every call is counted somewhere. A set that has been admitted stays, since a
/// counter that vanishes looks like one that has fallen.
struct LabelSetTable<Entry: Sendable>: Sendable {
    /// What a look-up found.
    struct Place: Sendable, Equatable {
        var index: Int
        var isProjectFolded = false
        var isModelFolded = false
    }

    /// How many sets there may be in all before a new one must be folded further.
    struct Capacity: Sendable {
        /// Of sets as they are.
        var full: Int
        /// Once projects are folded.
        var withoutProject: Int
        /// Once models are folded too.
        var withoutModel: Int

        /// The most sets that there can ever be.
        var cap: Int { withoutModel + 1 }
    }

    /// What belongs to each set.
    var entries: [Entry] = []
    private let capacity: Capacity
    private var places: [LabelSet: Int] = [:]

    init(_ capacity: Capacity) {
        self.capacity = capacity
    }

    /// The place of the set, or of the set that it is folded to; a new entry is made where there is none.
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
