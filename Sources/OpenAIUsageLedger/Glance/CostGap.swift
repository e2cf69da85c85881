/// The calls that the cost of a row leaves out, at least in part.
package struct CostGap: Sendable, Equatable {
    /// Calls without a complete price.
    package var unpriced: Int64
    /// Calls whose usage is missing although expected.
    package var withoutUsage: Int64
    /// Calls to unknown endpoints.
    package var unknownEndpoint: Int64

    /// Creates the gap of a row.
    package init(_ row: ReportRow) {
        (unpriced, withoutUsage, unknownEndpoint) = (row.unpricedCalls, row.callsWithoutUsage, row.otherCalls)
    }

    /// True if the cost leaves nothing out.
    package var isEmpty: Bool { unpriced + withoutUsage + unknownEndpoint == 0 }
}

extension ReportRow {
    /// The cost, unless nothing is known of it: if all that is known is zero, and calls are left out, it is `nil`, so that it is
    /// not shown as free.
    package var knownCost: Int128? {
        guard let costPicoUSD, costPicoUSD != 0 || CostGap(self).isEmpty else { return nil }
        return costPicoUSD
    }
}
