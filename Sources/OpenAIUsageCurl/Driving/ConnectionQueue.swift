/// The calls that have a connection, and those that wait for one in the order of their arrival.
///
/// libcurl has limits of its own but no order among waiting transfers: a new one may get the connection that another has
/// waited for. So libcurl gets no more calls than may have a connection.
///
/// A call that waits for a host at its limit delays no call to another host.
struct ConnectionQueue<Member: AnyObject> {
    /// The result of entering a call.
    enum Admission: Equatable {
        case admitted
        case waits
        /// Too many calls are waiting.
        case refused
    }

    private struct Entry {
        let ticket: Int
        let member: Member
    }

    /// The calls to one host.
    private struct Origin {
        var active = 0
        /// The waiting calls, oldest first; `nil` for those that have left.
        var waiting: [Entry?] = []
        var first = 0
        var gaps = 0

        /// True if no call is active or waiting, so that the entry can be removed.
        mutating func isIdle() -> Bool { active == 0 && head() == nil }

        /// Counts one more active call, if the limit allows it and no call is waiting.
        mutating func takePlace(of limit: Int) -> Bool {
            guard active < limit, head() == nil else { return false }
            active += 1
            return true
        }

        /// The oldest waiting call.
        mutating func head() -> Entry? {
            while first < waiting.count {
                if let entry = waiting[first] { return entry }
                first += 1
                gaps -= 1
            }
            waiting.removeAll(keepingCapacity: waiting.capacity <= 64)
            first = 0
            return nil
        }

        mutating func removeFirst() {
            waiting[first] = nil
            first += 1
            // Without this, released entries would accumulate for as long as any call waits.
            if first > 32, first > waiting.count / 2 {
                waiting.removeFirst(first)
                first = 0
            }
        }

        /// Removes a waiting call by its ticket.
        mutating func remove(_ ticket: Int) -> Bool {
            var low = first
            var high = waiting.count
            // A binary search; gaps have no ticket and are skipped, and `compact()` bounds their number.
            while low < high {
                let middle = (low + high) / 2
                var probe = middle
                while probe < high, waiting[probe] == nil { probe += 1 }
                guard probe < high, let entry = waiting[probe] else {
                    high = middle
                    continue
                }
                if entry.ticket == ticket {
                    waiting[probe] = nil
                    gaps += 1
                    if gaps > 32, gaps > (waiting.count - first) / 2 { compact() }
                    return true
                }
                if entry.ticket < ticket { low = probe + 1 } else { high = middle }
            }
            return false
        }

        private mutating func compact() {
            waiting = waiting[first...].filter { $0 != nil }
            first = 0
            gaps = 0
        }
    }

    private let limit: Int
    private let originLimit: Int
    private let waitingLimit: Int
    private var origins: [String: Origin] = [:]
    private var tickets: [ObjectIdentifier: (ticket: Int, origin: String)] = [:]
    private var active = 0
    private var nextTicket = 0

    /// - Parameters:
    ///   - limit: The maximum number of calls with a connection.
    ///   - originLimit: The maximum number of them per host.
    ///   - waitingLimit: The maximum number of waiting calls.
    init(limit: Int, originLimit: Int, waitingLimit: Int) {
        self.limit = limit
        self.originLimit = originLimit
        self.waitingLimit = waitingLimit
    }

    /// The number of waiting calls.
    var waitingCount: Int { tickets.count }

    /// The waiting calls, oldest first.
    var waiting: [Member] {
        origins.values.flatMap { $0.waiting[$0.first...].compactMap { $0 } }
            .sorted { $0.ticket < $1.ticket }.map(\.member)
    }

    /// Enters a call, which is admitted only if no waiting call could be.
    mutating func enter(_ member: Member, origin name: String) -> Admission {
        if active < limit, origins[name, default: Origin()].takePlace(of: originLimit) {
            active += 1
            return .admitted
        }
        guard tickets.count < waitingLimit else {
            forgetIfIdle(name)
            return .refused
        }
        nextTicket += 1
        origins[name, default: Origin()].waiting.append(Entry(ticket: nextTicket, member: member))
        tickets[ObjectIdentifier(member)] = (nextTicket, name)
        return .waits
    }

    /// Removes a waiting call.
    ///
    /// - Returns: False if the call was not waiting.
    mutating func remove(_ member: Member) -> Bool {
        guard let (ticket, name) = tickets.removeValue(forKey: ObjectIdentifier(member)) else { return false }
        guard origins[name]?.remove(ticket) == true else { return false }
        forgetIfIdle(name)
        return true
    }

    /// Returns the place of an admitted call.
    mutating func release(origin name: String) {
        active -= 1
        origins[name]?.active -= 1
        forgetIfIdle(name)
    }

    /// Admits the oldest call that the limits allow; `nil` if there is none.
    mutating func admitNext() -> Member? {
        guard !tickets.isEmpty, active < limit else { return nil }
        var oldest: (entry: Entry, name: String)?
        // Iterating over the keys themselves would make each change of an origin copy the dictionary.
        for name in Array(origins.keys) {
            guard origins[name]?.active ?? 0 < originLimit, let entry = origins[name]?.head() else { continue }
            if entry.ticket < oldest?.entry.ticket ?? .max { oldest = (entry, name) }
        }
        guard let (entry, name) = oldest else { return nil }
        origins[name]?.removeFirst()
        origins[name]?.active += 1
        active += 1
        tickets[ObjectIdentifier(entry.member)] = nil
        return entry.member
    }

    private mutating func forgetIfIdle(_ name: String) {
        if origins[name]?.isIdle() == true { origins[name] = nil }
    }
}
