#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How long something takes, over repeated runs.
struct Measurement {
    let name: String
    let bytes: Int
    let events: Int
    /// The nanoseconds of one run in every sample, sorted.
    let nanoseconds: [Double]

    /// Measures the time of this thread on its core, so that what else the machine does counts little.
    ///
    /// - Parameters:
    ///   - name: What is measured.
    ///   - bytes: The bytes that one run reads.
    ///   - events: The events in them, 0 if there are none.
    ///   - samples: How many samples are taken.
    ///   - run: One run.
    init(_ name: String, bytes: Int, events: Int = 0, samples: Int, _ run: () -> Void) {
        self.name = name
        self.bytes = bytes
        self.events = events
        run()
        // A sample takes 40 ms or more, which the clock's own cost is nothing to.
        var runs = 1
        while true {
            let start = Self.now
            for _ in 0..<runs { run() }
            if Self.now - start >= 40_000_000 { break }
            runs *= 2
        }
        nanoseconds = (0..<samples).map { _ in
            let start = Self.now
            for _ in 0..<runs { run() }
            return Double(Self.now - start) / Double(runs)
        }
        .sorted()
    }

    var median: Double { nanoseconds[nanoseconds.count / 2] }
    /// How far the slower and the faster quarter of the samples are from each other, in parts of the median.
    var spread: Double {
        (nanoseconds[nanoseconds.count * 3 / 4] - nanoseconds[nanoseconds.count / 4]) / median
    }
    var best: Double { nanoseconds[0] }
    /// Billions of bytes a second.
    var speed: Double { Double(bytes) / median }
    var bestSpeed: Double { Double(bytes) / best }

    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    static let header =
        "\(padded("measured", 46)) \(padded("GB/s", 7, isRight: true)) \(padded("best", 7, isRight: true)) "
        + "\(padded("spread", 7, isRight: true)) \(padded("ns/event", 9, isRight: true))"

    var line: String {
        let perEvent = events > 0 ? Self.decimal(median / Double(events), 0) : "-"
        return "\(Self.padded(name, 46)) \(Self.padded(Self.decimal(speed, 2), 7, isRight: true)) "
            + "\(Self.padded(Self.decimal(bestSpeed, 2), 7, isRight: true)) "
            + "\(Self.padded(Self.decimal(spread * 100, 0) + "%", 7, isRight: true)) "
            + Self.padded(perEvent, 9, isRight: true)
    }

    /// One line for a program: the name, the bytes, the median nanoseconds and the events, with tabs between them.
    var row: String { "\(name)\t\(bytes)\t\(Self.decimal(median, 0))\t\(events)" }

    static func decimal(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = Int64((value * scale).rounded())
        guard digits > 0 else { return String(scaled) }
        let fraction = String(Int64(scale) + scaled % Int64(scale)).dropFirst()
        return "\(scaled / Int64(scale)).\(fraction)"
    }

    static func padded(_ text: String, _ width: Int, isRight: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        return isRight ? padding + text : text + padding
    }
}
