import OpenAIUsage

/// The running sums over a group of calls.
struct ReportAccumulator: Sendable {
    private var sums = RollupSums()
    private var errors: Int64 = 0
    private var otherCalls: Int64 = 0
    private var openCalls: Int64 = 0
    private var errorDuration = LatencyHistogram()
    /// The single latencies; `nil` if there are too many.
    private var samples: Samples?

    private struct Samples: Sendable {
        var duration = LatencySamples()
        var processing = LatencySamples()
        var timeToFirstToken = LatencySamples()
        var errorDuration = LatencySamples()
    }

    /// Creates empty sums.
    ///
    /// - Parameter keepsLatencies: True to keep every latency for exact percentiles.
    init(keepsLatencies: Bool) {
        if keepsLatencies { samples = Samples() }
    }

    /// True if the sums are empty.
    var isEmpty: Bool { sums.calls == 0 && openCalls == 0 && sums.isEmpty }

    /// The memory of the sums in bytes, about.
    var memorySize: Int { 512 + sums.memorySize + errorDuration.memorySize }

    /// Adds sums of calls with the same series and result, or subtracts them with the weight -1.
    mutating func add(_ other: RollupSums, endpoint: String?, _ result: CallResult?, weight: Int64) {
        var figures = other
        // Percentiles cover completed calls only: fast errors would make a slow service look good.
        if result?.outcome != .completed {
            if result?.isError == true { errorDuration.add(figures.duration, weight: weight) }
            figures.duration = LatencyHistogram()
            figures.processing = LatencyHistogram()
            figures.timeToFirstToken = LatencyHistogram()
        }
        sums.add(figures, weight: weight)
        if result?.isError == true { errors += other.calls * weight }
        if endpoint == Endpoint.other.name, result?.usesNothing == false { otherCalls += other.countedCalls * weight }
    }

    /// Adds sums of completed calls to a known endpoint, the usual case, or subtracts them with the weight -1.
    mutating func addCompleted(_ content: RollupSource.Content, weight: Int64) throws {
        try content.add(to: &sums, weight: weight)
    }

    /// Adds a call with its latencies.
    mutating func add(_ record: CallRecord) {
        if record.outcome == .open {
            openCalls += 1
            return
        }
        var one = RollupSums()
        one.add(record)
        add(one, endpoint: record.endpoint.name, CallResult(outcome: record.outcome), weight: 1)
        if record.outcome == .completed {
            samples?.duration.add(record.timing.durationMicroseconds)
            samples?.processing.add(record.timing.processingMicroseconds)
            samples?.timeToFirstToken.add(record.timing.timeToFirstTokenMicroseconds)
        } else if CallResult(outcome: record.outcome).isError {
            samples?.errorDuration.add(record.timing.durationMicroseconds)
        }
    }

    /// Adds the calls of another group.
    mutating func add(_ other: ReportAccumulator) {
        sums.add(other.sums)
        errors += other.errors
        otherCalls += other.otherCalls
        openCalls += other.openCalls
        errorDuration.add(other.errorDuration)
        guard let added = other.samples else { return }
        samples?.duration.add(added.duration)
        samples?.processing.add(added.processing)
        samples?.timeToFirstToken.add(added.timeToFirstToken)
        samples?.errorDuration.add(added.errorDuration)
    }

    /// Returns the sums as a row of a report.
    mutating func result(group: [String?]) -> ReportRow {
        var row = ReportRow()
        row.group = group
        row.calls = sums.calls
        row.errors = errors
        row.inputTokens = sums[.inputTokens].known
        row.cachedInputTokens = sums[.cachedInputTokens].known
        row.outputTokens = sums[.outputTokens].known
        row.reasoningTokens = sums[.reasoningTokens].known
        row.unpricedCalls = sums.unpricedCalls
        row.partialCalls = sums.partialCalls
        row.callsWithoutUsage = sums.callsWithoutUsage
        row.upperBoundPicoUSD = sums.upperBound.known
        row.unboundedCalls = sums.callsWithoutUsage - sums.upperBound.count
        row.boundedUnpricedCalls = sums.unpricedUpperBound.count
        row.unpricedUpperBoundPicoUSD = sums.unpricedUpperBound.known
        row.otherCalls = otherCalls
        row.openCalls = openCalls
        let isKnown =
            sums.cost.count > 0 || row.unpricedCalls + row.callsWithoutUsage + row.otherCalls + row.openCalls == 0
        row.costPicoUSD = isKnown ? sums.cost.value : nil
        if var samples {
            row.duration = samples.duration.percentiles()
            row.processing = samples.processing.percentiles()
            row.timeToFirstToken = samples.timeToFirstToken.percentiles()
            row.errorDuration = samples.errorDuration.percentiles()
        } else {
            row.duration = sums.duration.percentiles()
            row.processing = sums.processing.percentiles()
            row.timeToFirstToken = sums.timeToFirstToken.percentiles()
            row.errorDuration = errorDuration.percentiles()
        }
        return row
    }

    /// Discards the single latencies; the histograms stay.
    mutating func forgetLatencies() { samples = nil }

    // MARK: - Bytes

    /// Encodes the sums.
    func write(to bytes: inout VarintWriter) {
        var inner = VarintWriter()
        sums.write(to: &inner)
        bytes.write(inner.bytes)
        for count in [errors, otherCalls, openCalls] { bytes.write(count) }
        bytes.write(errorDuration.buckets)
        guard let samples else { return }
        for list in [samples.duration, samples.processing, samples.timeToFirstToken, samples.errorDuration] {
            list.write(to: &bytes)
        }
    }

    /// Decodes sums from untrusted bytes; `nil` if they are malformed, or so large that adding them could overflow.
    ///
    /// - Parameters:
    ///   - bytes: The reader, which is invalid after malformed bytes.
    ///   - keepsLatencies: True if single latencies follow.
    init?(_ bytes: inout VarintReader, keepsLatencies: Bool) {
        let inner = bytes.data()
        guard RollupSums.isPlausible(inner), sums.add(inner) else { return nil }
        for path in [\ReportAccumulator.errors, \.otherCalls, \.openCalls] {
            let count = bytes.integer()
            guard 0...RollupSums.plausibleCount ~= count else { return nil }
            self[keyPath: path] = count
        }
        var histogram = bytes
        guard LatencyHistogram.isPlausible(HistogramReader(&histogram), &histogram) else { return nil }
        errorDuration.read(HistogramReader(&bytes), &bytes)
        if keepsLatencies {
            samples = Samples(
                duration: LatencySamples(&bytes),
                processing: LatencySamples(&bytes),
                timeToFirstToken: LatencySamples(&bytes),
                errorDuration: LatencySamples(&bytes)
            )
        }
        guard bytes.isValid else { return nil }
    }
}
