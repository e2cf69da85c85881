import Synchronization

/// One series of an application's own metric, or the series of one histogram.
final class ApplicationSeries: Sendable {
    /// What a series holds.
    enum Value: Sendable, Equatable {
        /// What was counted in whole numbers and in others; they are added when they are read.
        case counter(whole: Int64, real: Double)
        /// The last value; `nil` before the first.
        case gauge(MetricNumber?)
        /// The observations of each bucket, not cumulated, and their sum.
        case histogram(counts: [Int64], sum: Double)
    }

    private let buckets: HistogramBuckets?
    private let state: Mutex<Value>

    init(_ descriptor: MetricDescriptor) {
        buckets = descriptor.buckets
        state = Mutex(Self.empty(descriptor.kind, descriptor.buckets))
    }

    var value: Value { state.withLock { $0 } }

    /// Adds to a counter; what would make it fall is passed over.
    func increment(by amount: Int64) {
        state.withLock { value in
            guard amount > 0, case .counter(let whole, let real) = value else { return }
            let (sum, overflow) = whole.addingReportingOverflow(amount)
            value = .counter(whole: overflow ? .max : sum, real: real)
        }
    }

    /// Adds to a counter; what would make it fall, or no number, is passed over.
    func increment(by amount: Double) {
        state.withLock { value in
            guard amount > 0, case .counter(let whole, let real) = value, (real + amount).isFinite else { return }
            value = .counter(whole: whole, real: real + amount)
        }
    }

    /// Begins to count anew, which Prometheus takes for a restart.
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

    /// Adds to a gauge, which begins at zero.
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

    /// Counts an observation; what is no number is passed over.
    func observe(_ observation: Double) {
        guard observation.isFinite, let place = buckets?.place(of: observation) else { return }
        state.withLock { value in
            guard case .histogram(var counts, let sum) = value else { return }
            // The array is taken out of the value, so that it is changed in place.
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
