/// A set of label values: open-ended ones as numbers of ``InternedNames``, closed enumerations packed into an integer.
struct LabelSet: Sendable, Hashable {
    /// The project; `other` in families without a project label.
    var project = InternedNames.other
    /// The model; `other` in families without a model label.
    var model = InternedNames.other
    /// The values of the closed labels.
    var detail: UInt32

    /// The detail that represents any value.
    static let otherDetail = UInt32.max
}

/// The numbers of sets from which new sets are folded.
struct LabelSetTableCapacity: Sendable {
    /// The number from which models are folded.
    var full: Int
    /// The number from which the closed labels of a project are folded too.
    var withoutModel: Int
    /// The number from which projects are folded, while the closed labels are kept.
    var withoutDetail: Int
    /// The number from which all labels are folded.
    var withoutProject: Int

    /// The maximum number of sets.
    var cap: Int { withoutProject + 1 }

    /// Creates the capacity for a number of full sets.
    ///
    /// - Parameters:
    ///   - full: The number of sets with all labels.
    ///   - projects: The maximum number of projects; 0 in a family without projects.
    ///   - details: The room for folded sets that differ by closed labels only.
    init(full: Int, projects: Int, details: Int) {
        self.full = full
        withoutModel = full + projects + (projects == 0 ? details : 0)
        withoutDetail = withoutModel + projects
        withoutProject = withoutDetail + (projects == 0 ? 0 : details)
    }
}

/// The label sets of a family; their number never exceeds a cap, and sets are never removed.
///
/// A set beyond the cap is folded: its model becomes `other`, then its closed labels, so that sums by project stay exact
/// as long as there is room for every project; its project only then. Room is reserved for folded sets, so that every
/// call is counted. An admitted set stays, because a counter that disappears looks like a counter reset.
struct LabelSetTable<Entry: Sendable>: Sendable {
    /// The result of a lookup.
    struct Place: Sendable, Equatable {
        var index: Int
        var isProjectFolded = false
        var isModelFolded = false
    }

    /// The entry of each set.
    var entries: [Entry] = []
    private let capacity: LabelSetTableCapacity
    private var places: [LabelSet: Int] = [:]

    init(_ capacity: LabelSetTableCapacity) {
        self.capacity = capacity
    }

    /// Returns the place of a set or of the set it is folded to, creating an entry if necessary.
    mutating func place(of set: LabelSet, makeEntry: (LabelSet) -> Entry) -> Place {
        if let index = places[set] { return Place(index: index) }
        if let index = insert(set, below: capacity.full, makeEntry) { return Place(index: index) }
        var place = Place(index: 0, isModelFolded: set.model != InternedNames.other)
        var set = set
        set.model = InternedNames.other
        if let index = find(set, below: capacity.withoutModel, makeEntry) {
            place.index = index
            return place
        }
        if set.project != InternedNames.other {
            var whole = set
            whole.detail = LabelSet.otherDetail
            if let index = find(whole, below: capacity.withoutDetail, makeEntry) {
                place.index = index
                return place
            }
            place.isProjectFolded = true
            set.project = InternedNames.other
        }
        if let index = find(set, below: capacity.withoutProject, makeEntry) {
            place.index = index
            return place
        }
        set.detail = LabelSet.otherDetail
        place.index = find(set, below: .max, makeEntry) ?? 0
        return place
    }

    private mutating func find(_ set: LabelSet, below limit: Int, _ makeEntry: (LabelSet) -> Entry) -> Int? {
        places[set] ?? insert(set, below: limit, makeEntry)
    }

    private mutating func insert(_ set: LabelSet, below limit: Int, _ makeEntry: (LabelSet) -> Entry) -> Int? {
        guard entries.count < limit else { return nil }
        places[set] = entries.count
        entries.append(makeEntry(set))
        return entries.count - 1
    }
}
