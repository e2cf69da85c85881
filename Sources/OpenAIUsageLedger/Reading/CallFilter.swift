/// A filter for calls: those that satisfy every condition.
public struct CallFilter: Sendable, Hashable {
    /// A condition on one dimension.
    public struct Condition: Sendable, Hashable {
        /// The dimension; one of time satisfies no condition.
        public var dimension: ReportDimension
        /// The values, one of which a call must have; `*` stands for any characters and `?` for one.
        ///
        /// - ``CallFilter/missing`` is satisfied by calls without a value, which nothing else is.
        /// - The model is the served or the requested one; the name without a date matches its snapshots too. To look at
        ///   the requested model alone, use ``ReportDimension/requestedModel``.
        /// - The organization and the project are those that the call is accounted to.
        /// - A key matches by a part of its fingerprint (`sk-proj-...1234`, `#5f2c9a`).
        public var values: [String]
        /// True if a call must have none of the values.
        public var isExcluded: Bool

        /// Creates a condition.
        public init(_ dimension: ReportDimension, _ values: [String], isExcluded: Bool = false) {
            self.dimension = dimension
            self.values = values
            self.isExcluded = isExcluded
        }
    }

    /// The value of a condition that calls without one satisfy, as reports show it: `-`.
    public static let missing = "-"

    /// The conditions.
    public var conditions: [Condition]
    /// The shortest duration of a call, `nil` for any; a call in flight has none.
    public var minimumDuration: Duration?

    /// Creates a filter.
    ///
    /// - Parameters:
    ///   - conditions: The conditions; a filter without any passes all calls.
    ///   - minimumDuration: The shortest duration of a call.
    public init(_ conditions: [Condition] = [], minimumDuration: Duration? = nil) {
        self.conditions = conditions
        self.minimumDuration = minimumDuration
    }

    /// Adds the condition that a call has one of some values; none adds no condition.
    public mutating func require(_ dimension: ReportDimension, _ values: [String]) {
        if !values.isEmpty { conditions.append(Condition(dimension, values)) }
    }

    /// Adds the condition that a call has none of some values.
    public mutating func exclude(_ dimension: ReportDimension, _ values: [String]) {
        if !values.isEmpty { conditions.append(Condition(dimension, values, isExcluded: true)) }
    }

    /// The values that calls must have in a dimension, of all conditions together.
    package func values(_ dimension: ReportDimension) -> [String] {
        conditions.filter { $0.dimension == dimension && !$0.isExcluded }.flatMap(\.values)
    }
}
