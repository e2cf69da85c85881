import Foundation
import Synchronization

/// The sums of reports over whole days, kept until one of the days changes, for the readers of one process.
///
/// A report that is asked for again, as by a page or a budget, then costs what its newest day costs. What is kept is bound to
/// the stamps of its days (``RollupDays``), so that a late change, a reprice or another file in place of the ledger is seen.
package final class ReportCache: Sendable {
    /// The query of sums: all that they depend on beside the content of the ledger.
    struct Key: Hashable {
        let from: Int64
        let to: Int64
        private let timeZone: String
        private let groupBy: [ReportDimension]
        private let filter: CallFilter
        private let mergesSnapshots: Bool

        /// Creates the key of a query for a range of whole days.
        init(_ query: ReportQuery, from: Int64, to: Int64) {
            self.from = from
            self.to = to
            timeZone = query.timeZone.identifier
            groupBy = query.groupBy
            filter = query.filter
            mergesSnapshots = query.mergesSnapshots
        }

        /// True for a key of the same sums over a later end.
        fileprivate func continues(_ other: Self) -> Bool {
            from == other.from && to > other.to && timeZone == other.timeZone && groupBy == other.groupBy
                && mergesSnapshots == other.mergesSnapshots && filter == other.filter
        }

        /// The memory of the key in bytes, about.
        fileprivate var memorySize: Int {
            filter.conditions.reduce(512) { size, condition in
                condition.values.reduce(size + 256) { $0 + 32 + $1.utf8.count }
            }
        }
    }

    /// Sums that were read and are not kept yet.
    struct Found: Sendable {
        var key: Key
        var stamps: RollupDays.Stamps
        var groups: [MergeableReport.Group]
    }

    private struct Entry {
        var stamps: RollupDays.Stamps
        var groups: [MergeableReport.Group]
        var size: Int
        var lastUse: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var size = 0
        var uses: UInt64 = 0
    }

    /// The most reports that are kept.
    private static let maximumReports = 500

    private let capacity: Int
    private let state = Mutex(State())

    /// Creates an empty cache.
    ///
    /// - Parameter capacity: The most memory of the kept sums, in bytes, as far as they are counted.
    package init(capacity: Int = 32 << 20) {
        self.capacity = capacity
    }

    /// Returns the kept sums; `nil` if there are none for these stamps.
    func groups(_ key: Key, _ stamps: RollupDays.Stamps) -> [MergeableReport.Group]? {
        state.withLock { state in
            guard state.entries[key]?.stamps == stamps else { return nil }
            state.uses += 1
            state.entries[key]?.lastUse = state.uses
            return state.entries[key]?.groups
        }
    }

    /// Returns the kept sums of the most days from the start of a range on, and their end; `nil` if there are none.
    ///
    /// When a new day begins, only the day before is read.
    func head(of key: Key, _ stamps: RollupDays.Stamps) -> (groups: [MergeableReport.Group], end: Int64)? {
        state.withLock { state in
            state.entries.filter { key.continues($0.key) && stamps.begin(with: $0.value.stamps, to: $0.key.to) }
                .max { $0.key.to < $1.key.to }
                .map { ($0.value.groups, $0.key.to) }
        }
    }

    /// Keeps sums; those that were used the longest ago make room.
    func keep(_ found: Found) {
        let size = found.groups.reduce(found.key.memorySize + found.stamps.memorySize) { $0 + $1.memorySize }
        state.withLock { state in
            if let old = state.entries.removeValue(forKey: found.key) { state.size -= old.size }
            guard size <= capacity / 2 else { return }
            state.uses += 1
            state.entries[found.key] = Entry(
                stamps: found.stamps,
                groups: found.groups,
                size: size,
                lastUse: state.uses
            )
            state.size += size
            while state.size > capacity || state.entries.count > Self.maximumReports,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.entries[oldest.key] = nil
                state.size -= oldest.value.size
            }
        }
    }

    /// The number of kept reports, and the memory that is counted for them.
    var usage: (reports: Int, bytes: Int) { state.withLock { ($0.entries.count, $0.size) } }
}

/// The whole days of a report's range whose sums may be kept.
struct KeptDays {
    /// The start of the first day in microseconds since 1970.
    var from: Int64
    /// The end of the last day.
    var to: Int64

    /// Creates the days of the zone from the start of a range to that of the newest day; `nil` if there are none.
    init?(_ query: ReportQuery, newest: Int64) {
        let end = min(query.toMicroseconds, newest)
        // The periods of rollups begin in 1970.
        guard query.fromMicroseconds < end, end > 0 else { return nil }
        let start = max(query.fromMicroseconds, 0)
        let first = CalendarPeriod.whole(.day, at: start, timeZone: query.timeZone)
        from = first.from == start ? start : first.to
        to = CalendarPeriod.whole(.day, at: end, timeZone: query.timeZone).from
        guard from < to else { return nil }
    }
}

extension MergeableReport.Group {
    /// The memory of the group in bytes, about.
    fileprivate var memorySize: Int {
        values.reduce(0) { $0 + 48 + ($1.name?.utf8.count ?? 0) } + sums.memorySize
    }
}
