import OpenAIUsage
import OpenAIUsageMetrics

/// The sums of a comparison, and how well both sides agree.
struct ReconcileTotals {
    var ours = ReconcileRow.Side()
    var theirs = ReconcileRow.Side()
    /// The calls without usage, which are among ours.
    var unreadCalls: Int64 = 0
    /// The provider's calls and tokens less ours, where the provider counts them.
    private(set) var callDifference: Int64 = 0
    private(set) var tokenDifference: Int128 = 0
    private var common = (calls: Int64(0), tokens: Int128(0), picoUSD: Int128(0))
    /// The sum of the absolute differences of all projects and models, by day, without what is pending.
    private(set) var driftPicoUSD: Int128 = 0
    private(set) var pendingPicoUSD: Int128 = 0
    init(_ reconciliation: Reconciliation) {
        (ours.picoUSD, theirs.picoUSD) = (0, 0)
        for cell in reconciliation.cells.values {
            let own = cell.ours.meters.values.reduce(Int128(0)) { $0 + $1.tokens }
            let read = cell.ours.allCalls - cell.ours.unread
            unreadCalls += cell.ours.unread
            ours.calls += cell.ours.allCalls
            ours.unpricedCalls += cell.ours.unpriced.values.reduce(0, +)
            for (meter, sum) in cell.ours.meters { ours.add(meter.item, sum.tokens) }
            if cell.countsCalls { callDifference += (cell.theirs?.allRequests ?? 0) - cell.ours.allCalls }
            let their = cell.theirs?.tokens.values.reduce(0, +) ?? 0
            if cell.countsTokens { tokenDifference += their - own }
            guard let other = cell.theirs else { continue }
            theirs.calls += other.allRequests
            for (meter, count) in other.tokens { theirs.add(meter.item, count) }
            common.calls += min(read, other.allRequests)
            common.tokens += min(own, their)
        }
        for sums in reconciliation.money.values {
            ours.charge(sums.ours)
            theirs.charge(sums.theirs)
            common.picoUSD += max(0, min(sums.ours, sums.theirs))
            pendingPicoUSD += sums.pending
            driftPicoUSD += abs(sums.theirs - sums.ours - sums.pending)
        }
    }

    /// The provider's cost less ours.
    var differencePicoUSD: Int128 { (theirs.picoUSD ?? 0) - (ours.picoUSD ?? 0) }

    /// The percentages of the provider's calls, tokens and costs that we have; `nil` if it has none.
    var callCoverage: Int128? { Self.percent(Int128(common.calls), of: Int128(theirs.calls)) }
    var tokenCoverage: Int128? { Self.percent(common.tokens, of: theirs.inputTokens + theirs.outputTokens) }
    var costCoverage: Int128? { Self.percent(common.picoUSD, of: theirs.picoUSD ?? 0) }
    /// The drift as a percentage of the provider's cost; `nil` if neither side has any.
    var drift: Int128? {
        let whole = theirs.picoUSD ?? 0
        if whole <= 0 { return driftPicoUSD == 0 ? nil : 100 * Self.scale }
        return Self.percent(driftPicoUSD, of: whole)
    }

    /// One percent, in the unit of percentages: a ten-thousandth.
    static let scale: Int128 = 10_000

    static func percent(_ part: Int128, of whole: Int128) -> Int128? {
        guard whole > 0 else { return nil }
        return part.share(100 * scale, of: whole)
    }

    /// A percentage as a decimal number; `nil` for `nil`.
    static func decimal(_ percent: Int128?) -> String? { percent.map { DecimalText.exact($0, fractionDigits: 4) } }

    /// A percentage for people, with two decimals; what is not whole is never shown as whole or as nothing.
    static func text(_ percent: Int128?) -> String {
        guard let percent else { return "-" }
        if percent > 0, percent < scale / 100 { return "<0.01%" }
        if percent < 100 * scale, percent > 100 * scale - scale / 100 { return ">99.99%" }
        return DecimalText.fixed(DecimalText.quotientHalfEven(percent, by: scale / 100), fractionDigits: 2) + "%"
    }
}

extension Reconciliation {
    /// The costs of both sides by project.
    var projects: [String: ReconciliationGauge.Sums] {
        money.reduce(into: [:]) { projects, entry in
            let sums = entry.value
            var project = projects[entry.key.project] ?? ReconciliationGauge.Sums()
            project.ours += sums.ours
            project.theirs += sums.theirs
            project.common += max(0, min(sums.ours, sums.theirs))
            project.drift += abs(sums.theirs - sums.ours - sums.pending)
            projects[entry.key.project] = project
        }
    }
}
