import NIOPosix
package import OpenAIUsageMetrics

#if canImport(Glibc)
import Glibc
#endif

/// The thread on which metrics are written out, for all servers of a process.
///
/// A text of some thousand series takes milliseconds, in which calls want the processor: on Linux the thread gives way to the
/// others of its process and of the machine. The metrics are read there, too, under locks that calls take for a moment: read on
/// the caller's thread, they cost a call's p99 more than a preempted holder does.
private enum ScrapeThread {
    /// How far the thread gives way: the nice value of `nice` without a number.
    private static let niceness: Int32 = 10

    private static let pool: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        #if canImport(Glibc)
        // On Linux the nice value is one of the thread. A thread that keeps its value works all the same.
        pool.submit { _ in _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
        #endif
        return pool
    }()

    /// Runs a body on the thread, behind those that came earlier.
    ///
    /// - Returns: What the body returns.
    /// - Throws: A `CancellationError` if the task is canceled before the body begins.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws -> Value {
        try await pool.runIfActive(body)
    }
}

extension UsageMetrics {
    /// Returns the response to a scrape, which is written out on a thread of its own, and counts it.
    ///
    /// - Parameters:
    ///   - accept: The request's `Accept` header.
    ///   - acceptEncoding: The request's `Accept-Encoding` header.
    /// - Returns: The text with its type and coding.
    /// - Throws: A `CancellationError` if the client has left before it was its turn.
    package func scrapeAside(accept: String, acceptEncoding: String) async throws -> MetricsScrape {
        try await ScrapeThread.run { self.scrape(accept: accept, acceptEncoding: acceptEncoding) }
    }
}
