import Foundation
import OpenAIUsage

/// The state of the live view: events in, a frame out.
struct TopModel {
    /// The size of a terminal in cells.
    struct Size: Equatable {
        var columns: Int
        var rows: Int
    }

    /// Data from the ledger.
    struct Data {
        /// The calls that have ended since the last data.
        var ended: [TopCall] = []
        /// The calls in flight, the newest first.
        var inFlight: [TopCall] = []
    }

    /// An input.
    enum Event {
        case key(KeyParser.Key)
        case resize(Size)
        /// A read of the ledger at a time in microseconds since 1970.
        case data(Data, now: Int64)
        /// A failed read of the ledger, with a sentence.
        case problem(String, now: Int64)
    }

    /// The reaction to an event.
    enum Action: Equatable {
        case nothing
        case draw
        /// Draw every line again, since the terminal may show something else.
        case drawAll
        case quit
    }

    /// The data that a frame shows.
    struct Snapshot {
        var window: TopWindow
        var inFlight: [TopCall] = []
        var now: Int64
    }

    /// The lengths that keys select, in microseconds.
    static let lengths: [Character: Int64] = ["1": 60_000_000, "5": 300_000_000, "h": 3_600_000_000]

    /// The path of the ledger.
    let ledger: String
    /// The times in the zone of the view.
    let times: LocalTimeText
    /// The length of the window in microseconds.
    private(set) var length: Int64
    private(set) var grouping: TopCall.Grouping
    private(set) var order: TopSummary.Order
    private(set) var showsHelp = false
    private(set) var size: Size
    /// The reason why the ledger could not be read last.
    private(set) var problem: String?
    private var present: Snapshot
    private var frozen: Snapshot?
    /// The length of the longest window that may be selected, in microseconds.
    private let longest: Int64

    /// Creates a model.
    ///
    /// - Parameters:
    ///   - ledger: The path of the ledger.
    ///   - length: The length of the window in microseconds.
    ///   - grouping: The dimension of the table.
    ///   - order: The order of the table.
    ///   - size: The size of the terminal.
    ///   - coveredFrom: The time from which on all calls will be passed, in microseconds since 1970.
    ///   - now: The time in microseconds since 1970.
    ///   - timeZone: The time zone of times.
    init(
        ledger: String,
        length: Int64,
        grouping: TopCall.Grouping,
        order: TopSummary.Order,
        size: Size,
        coveredFrom: Int64,
        now: Int64,
        timeZone: TimeZone = .gmt
    ) {
        times = LocalTimeText(timeZone)
        (self.ledger, self.length, self.grouping, self.order, self.size) = (ledger, length, grouping, order, size)
        present = Snapshot(window: TopWindow(coveredFrom: coveredFrom), now: now)
        longest = Self.longest(length)
    }

    /// Returns the longest window that can be selected if the view starts with one.
    static func longest(_ length: Int64) -> Int64 { max(length, lengths.values.max() ?? length) }

    /// True if the data of a frame does not change.
    var isPaused: Bool { frozen != nil }

    /// The data of a frame.
    var shown: Snapshot { frozen ?? present }

    /// Receives an event.
    mutating func receive(_ event: Event) -> Action {
        switch event {
        case .key(let key): return receive(key)
        case .resize(let size):
            self.size = size
            return .drawAll
        case .data(let data, let now):
            problem = nil
            present.window.add(data.ended, forgettingBefore: now - longest)
            present.inFlight = data.inFlight
            present.now = now
            return .draw
        case .problem(let text, let now):
            problem = text
            present.now = now
            return .draw
        }
    }

    private mutating func receive(_ key: KeyParser.Key) -> Action {
        // Ctrl-C and Ctrl-D arrive as bytes where the terminal sends no signal.
        if case .character("\u{3}") = key { return .quit }
        if case .character("\u{4}") = key { return .quit }
        if showsHelp {
            showsHelp = false
            return .draw
        }
        guard case .character(let character) = key else { return key == .escape ? .quit : .nothing }
        if ["q", "Q"].contains(character) { return .quit }
        switch character {
        case "?": showsHelp = true
        case " ": frozen = frozen == nil ? present : nil
        case "g": grouping = Self.next(grouping)
        case "c": order = .cost
        case "n": order = .calls
        case "e": order = .errors
        case "l": order = .latency
        case "p": order = .name
        case "\u{c}", "r": return .drawAll
        default:
            guard let length = Self.lengths[character] else { return .nothing }
            self.length = length
        }
        return .draw
    }

    private static func next(_ grouping: TopCall.Grouping) -> TopCall.Grouping {
        let all = TopCall.Grouping.allCases
        return all[((all.firstIndex(of: grouping) ?? 0) + 1) % all.count]
    }
}
