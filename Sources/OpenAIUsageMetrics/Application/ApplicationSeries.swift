import Synchronization

/// One series of an application metric; for a histogram, all of its buckets.
final class ApplicationSeries: Sendable {
    /// The value of a series.
    enum Value: Sendable, Equatable {
        /// The sums of integer and floating-point increments, added when read.
        case counter(whole: Int64, real: Double)
        /// The last value; `nil` before the first.
        case gauge(MetricNumber?)
        /// The number of observations per bucket, not cumulative, and their sum.
        case histogram(counts: [Int64], sum: Double)
    }

    private let buckets: HistogramBuckets?
    private let state: Mutex<Value>

    init(_ descriptor: MetricDescriptor) {
        buckets = descriptor.buckets
        state = Mutex(Self.empty(descriptor.kind, descriptor.buckets))
    }

    var value: Value { state.withLock { $0 } }

    /// Adds to a counter; amounts that are not positive are ignored.
    func increment(by amount: Int64) {
        state.withLock { value in
            guard amount > 0, case .counter(let whole, let real) = value else { return }
            let (sum, overflow) = whole.addingReportingOverflow(amount)
            value = .counter(whole: overflow ? .max : sum, real: real)
        }
    }

    /// Adds to a counter; amounts that are not positive, or that would make it infinite, are ignored.
    func increment(by amount: Double) {
        state.withLock { value in
            guard amount > 0, case .counter(let whole, let real) = value, (real + amount).isFinite else { return }
            value = .counter(whole: whole, real: real + amount)
        }
    }

    /// Resets a counter to zero, which Prometheus detects as a counter reset.
    func reset() {
        state.withLock { value in
            if case .counter = value { value = .counter(whole: 0, real: 0) }
        }
    }

    /// Sets a gauge.
    func set(_ number: MetricNumber) {
        state.withLock { value in
            if case .gauge = value { value = .gauge(number) }
        }
    }

    /// Adds to a gauge, which starts at zero.
    func add(_ amount: Double) {
        state.withLock { value in
            guard case .gauge(let number) = value else { return }
            switch number {
            case .integer(let whole): value = .gauge(.double(Double(whole) + amount))
            case .double(let real): value = .gauge(.double(real + amount))
            case .pico, nil: value = .gauge(.double(amount))
            }
        }
    }

    /// Records an observation in a histogram; infinite and NaN values are ignored.
    func observe(_ observation: Double) {
        guard observation.isFinite, let place = buckets?.place(of: observation) else { return }
        state.withLock { value in
            guard case .histogram(var counts, let sum) = value else { return }
            // Move the array out of the value, so that it is mutated in place.
            value = .gauge(nil)
            counts[place] += 1
            let total = sum + observation
            value = .histogram(counts: counts, sum: total.isFinite ? total : sum)
        }
    }

    private static func empty(_ kind: MetricDescriptor.Kind, _ buckets: HistogramBuckets?) -> Value {
        switch kind {
        case .counter: .counter(whole: 0, real: 0)
        case .gauge: .gauge(nil)
        case .histogram: .histogram(counts: Array(repeating: 0, count: buckets?.texts.count ?? 1), sum: 0)
        }
    }
}
