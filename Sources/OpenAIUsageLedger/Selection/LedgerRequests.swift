package import OpenAIUsage

/// A report that a person asks for.
package struct ReportRequest: Sendable, Equatable {
    /// The calls.
    package var selection = CallSelection()
    /// The dimensions.
    package var groupBy: [ReportDimension] = [.project]

    /// Creates a request.
    package init(_ selection: CallSelection = CallSelection(), groupBy: [ReportDimension] = [.project]) {
        self.selection = selection
        self.groupBy = groupBy
    }

    /// Reads the parameters of a report.
    ///
    /// - Throws: A ``ParameterError`` for a value that is not understood.
    package init(_ parameters: inout QueryParameters) throws(ParameterError) {
        selection = try CallSelection(&parameters)
        let names = "some of \(ReportDimension.names.joined(separator: ", ")) with commas between, or none"
        groupBy = try parameters.one("by", names) { ReportDimension.list($0) } ?? [.project]
        if let twice = ReportDimension.repeated(in: groupBy) {
            throw ParameterError("by", "names \(twice) twice; name each dimension once")
        }
    }

    /// The parameters that make the request; its times must be resolved.
    package var parameters: [(name: String, value: String)] {
        let names = groupBy.isEmpty ? "none" : groupBy.map(\.description).joined(separator: ",")
        return selection.parameters + [("by", names)]
    }

    /// The query that the request makes, from the ledger's first call if no start is given.
    ///
    /// - Parameters:
    ///   - now: The time, in microseconds since 1970.
    ///   - first: The start of the ledger's first call; asked for only if it is needed.
    /// - Returns: The query.
    /// - Throws: A ``ParameterError`` for a range that ends before it begins, or what the look-up throws.
    package func query(now: Int64, first: () throws -> Int64?) throws -> ReportQuery {
        let range = try selection.resolved(now: now).range(now: now)
        var query = ReportQuery(from: range.from ?? 0, to: range.to ?? now + 1)
        query.timeZone = selection.timeZone
        query.groupBy = groupBy
        query.filter = selection.filter
        if range.from == nil { query.from = try first().map { min($0, query.to - 1) } ?? 0 }
        return query
    }
}

/// A list of calls that a person asks for: the latest ones, or those next to a call.
package struct CallsRequest: Sendable, Equatable {
    /// The most calls of one answer that is held in memory.
    package static let pageSize = 500

    /// The calls.
    package var selection = CallSelection()
    /// The most calls; `nil` for all.
    package var limit: Int? = 50
    /// The call behind which the list begins: the calls that follow it are meant, and not the latest ones.
    package var after: CallID?
    /// The call before which the list ends.
    package var before: CallID?

    /// Creates a request for the latest calls.
    package init(_ selection: CallSelection = CallSelection(), limit: Int? = 50) {
        self.selection = selection
        self.limit = limit
    }

    /// Reads the parameters of a list.
    ///
    /// - Throws: A ``ParameterError`` for a value that is not understood.
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

    /// The parameters that make the request; its times must be resolved.
    package var parameters: [(name: String, value: String)] {
        var pairs = selection.parameters
        pairs.append(("limit", String(limit ?? 0)))
        if let after { pairs.append(("after", after.description)) }
        if let before { pairs.append(("before", before.description)) }
        return pairs
    }

    /// The query that the request makes; its order is that in which its limit is met.
    ///
    /// - Throws: A ``ParameterError`` for a range that ends before it begins.
    package func query(now: Int64) throws(ParameterError) -> CallsQuery {
        let range = try selection.range(now: now)
        var query = CallsQuery()
        (query.from, query.to) = (range.from, range.to)
        query.filter = selection.filter
        query.limit = limit
        query.after = after
        query.before = before
        query.order = after == nil && limit != nil ? .newestFirst : .oldestFirst
        return query
    }
}
