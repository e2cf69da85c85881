package import OpenAIUsage

/// A request for a report.
package struct ReportRequest: Sendable, Equatable {
    /// The selection of calls.
    package var selection = CallSelection()
    /// The dimensions of the report.
    package var groupBy: [ReportDimension] = [.project]
    /// True if each snapshot of a model is a group of its own; otherwise they are one with their alias.
    package var exactModels = false

    /// Creates a request.
    package init(
        _ selection: CallSelection = CallSelection(),
        groupBy: [ReportDimension] = [.project],
        exactModels: Bool = false
    ) {
        self.selection = selection
        self.groupBy = groupBy
        self.exactModels = exactModels
    }

    /// Creates a request from the parameters of a URL.
    ///
    /// - Throws: A ``ParameterError`` for an invalid value.
    package init(_ parameters: inout QueryParameters) throws(ParameterError) {
        selection = try CallSelection(&parameters)
        let names = "some of \(ReportDimension.names.joined(separator: ", ")) with commas between, or none"
        groupBy = try parameters.one("by", names) { ReportDimension.list($0) } ?? [.project]
        if let twice = ReportDimension.repeated(in: groupBy) {
            throw ParameterError("by", "names \(twice) twice; name each dimension once")
        }
        exactModels = try parameters.one("exact-models", "true or false") { Bool(String($0)) } ?? false
    }

    /// The parameters of the request, whose times must be resolved.
    package var parameters: [(name: String, value: String)] {
        let names = groupBy.isEmpty ? "none" : groupBy.map(\.description).joined(separator: ",")
        return selection.parameters + [("by", names)] + (exactModels ? [("exact-models", "true")] : [])
    }

    /// Returns the query of the request; without a start, it begins with the ledger's first call.
    ///
    /// - Parameters:
    ///   - now: The time in microseconds since 1970.
    ///   - first: Returns the start of the ledger's first call; called only if needed.
    /// - Returns: The query.
    /// - Throws: A ``ParameterError`` if the range ends before it begins, or the error of `first`.
    package func query(now: Int64, first: () throws -> Int64?) throws -> ReportQuery {
        let range = try selection.resolved(now: now).range(now: now)
        var query = ReportQuery(from: range.from ?? 0, to: range.to ?? now + 1)
        query.timeZone = selection.timeZone
        query.groupBy = groupBy
        query.filter = selection.filter
        query.mergesSnapshots = !exactModels
        if range.from == nil { query.fromMicroseconds = try first().map { min($0, query.toMicroseconds - 1) } ?? 0 }
        return query
    }
}

/// A request for a list of calls: the latest ones, or those next to a call.
package struct CallsRequest: Sendable, Equatable {
    /// The most calls of one answer in memory.
    package static let pageSize = 500

    /// The selection of calls.
    package var selection = CallSelection()
    /// The most calls; `nil` for all.
    package var limit: Int? = 50
    /// The call after which the list begins; the limit then selects the calls that follow it, not the latest ones.
    package var after: CallID?
    /// The call before which the list ends.
    package var before: CallID?

    /// Creates a request for the latest calls.
    package init(_ selection: CallSelection = CallSelection(), limit: Int? = 50) {
        self.selection = selection
        self.limit = limit
    }

    /// Creates a request from the parameters of a URL.
    ///
    /// - Throws: A ``ParameterError`` for an invalid value.
    package init(_ parameters: inout QueryParameters) throws(ParameterError) {
        selection = try CallSelection(&parameters)
        let count = try parameters.one("limit", "a number of calls, 0 for all") { text -> Int? in
            Int(text).flatMap { $0 >= 0 ? $0 : nil }
        }
        limit = (count ?? 50) == 0 ? nil : count ?? 50
        let identity = "the id of a call, 16 hexadecimal digits"
        after = try parameters.one("after", identity) { CallID($0) }
        before = try parameters.one("before", identity) { CallID($0) }
    }

    /// The parameters of the request, whose times must be resolved.
    package var parameters: [(name: String, value: String)] {
        var pairs = selection.parameters
        pairs.append(("limit", String(limit ?? 0)))
        if let after { pairs.append(("after", after.description)) }
        if let before { pairs.append(("before", before.description)) }
        return pairs
    }

    /// Returns the query of the request, in the order in which its limit applies.
    ///
    /// - Throws: A ``ParameterError`` if the range ends before it begins.
    package func query(now: Int64) throws(ParameterError) -> CallsQuery {
        let range = try selection.range(now: now)
        var query = CallsQuery()
        (query.fromMicroseconds, query.toMicroseconds) = (range.from, range.to)
        query.filter = selection.filter
        query.limit = limit
        query.after = after
        query.before = before
        query.order = after == nil && limit != nil ? .newestFirst : .oldestFirst
        return query
    }
}
