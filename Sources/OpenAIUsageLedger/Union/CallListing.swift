package import OpenAIUsage

/// A listing of calls from one or several ledgers, which are read on demand.
package struct CallListing {
    /// The calls that were read already, with the next one last.
    private var latest: [CallRecord] = []
    private var walk: CallWalk?
    private var rest: Int

    /// Creates a listing of calls in memory, given with the newest first.
    init(latest: [CallRecord]) {
        self.latest = latest
        rest = latest.count
    }

    /// Creates a listing of the calls of a walk.
    init(walk: CallWalk, rest: Int) {
        self.walk = walk
        self.rest = rest
    }

    /// Removes and returns the next call.
    ///
    /// - Returns: The call; `nil` at the end.
    /// - Throws: The error of a ledger that cannot be read.
    package mutating func next() async throws -> CallRecord? {
        guard rest > 0 else { return nil }
        rest -= 1
        return latest.isEmpty ? try await walk?.next() : latest.removeLast()
    }
}

/// A walk over the calls of several ledgers with one page of each in memory.
struct CallWalk {
    private struct Place {
        let source: any LedgerSource
        /// The calls that were read and not returned, with the next one last.
        var page: [CallRecord] = []
        var isAtEnd = false
        var cursor: CallID?
    }

    private var places: [Place]
    private var request: CallsRequest
    private let isBackward: Bool
    private let pageSize: Int

    init(
        _ sources: [any LedgerSource],
        _ request: CallsRequest,
        isBackward: Bool,
        pageSize: Int = CallsRequest.pageSize
    ) {
        places = sources.map { Place(source: $0) }
        self.request = request
        self.isBackward = isBackward
        self.pageSize = pageSize
    }

    /// Returns the next call; `nil` at the end.
    mutating func next() async throws -> CallRecord? {
        for index in places.indices where places[index].page.isEmpty && !places[index].isAtEnd {
            try await read(index)
        }
        let heads = places.compactMap { $0.page.last }
        guard let id = isBackward ? heads.map(\.id).max() : heads.map(\.id).min() else { return nil }
        var found: CallRecord?
        for index in places.indices where places[index].page.last?.id == id {
            let record = places[index].page.removeLast()
            // One ledger may hold the end of a call, and another only its start.
            if let known = found, known.outcome != .open, known.outcome != .interrupted { continue }
            found = record
        }
        return found
    }

    private mutating func read(_ index: Int) async throws {
        var page = request
        page.limit = pageSize
        if isBackward {
            page.after = nil
            page.before = places[index].cursor ?? request.before
        } else {
            page.after = places[index].cursor ?? request.after ?? CallID(rawValue: 0)
        }
        let records = try await places[index].source.page(page).records
        // Pages without an order would make the walk endless.
        let isSound = zip(records, records.dropFirst()).allSatisfy { $0.id < $1.id } && records.count <= pageSize
        let isBeyond =
            isBackward
            ? page.before.map { limit in records.allSatisfy { $0.id < limit } } ?? true
            : page.after.map { limit in records.allSatisfy { $0.id > limit } } ?? true
        guard isSound, isBeyond else {
            throw LedgerUnion.Conflict(
                description: "\(places[index].source.name) gave calls that are in no order; nothing of it can be used."
            )
        }
        places[index].isAtEnd = records.count < pageSize
        places[index].cursor = isBackward ? records.first?.id : records.last?.id
        places[index].page = isBackward ? records : records.reversed()
    }
}
