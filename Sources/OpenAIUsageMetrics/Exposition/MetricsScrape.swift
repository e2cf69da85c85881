import Synchronization

/// The response to a scrape.
package struct MetricsScrape: Sendable {
    /// The text, compressed if ``contentEncoding`` says so.
    package var body: [UInt8]
    /// The value of `Content-Type`.
    package var contentType: String
    /// The value of `Content-Encoding`; `nil` for none.
    package var contentEncoding: String?

    /// Creates the response from a text.
    ///
    /// - Parameters:
    ///   - contentType: The type of the text.
    ///   - body: The text.
    ///   - acceptEncoding: The request's `Accept-Encoding` header.
    package init(contentType: String, body: [UInt8], acceptEncoding: String) {
        self.contentType = contentType
        // A short text does not become shorter by what a slow machine would notice.
        if body.count >= 1_024, GzipEncoder.isAccepted(acceptEncoding), let zipped = GzipEncoder.encode(body) {
            self.body = zipped
            contentEncoding = "gzip"
        } else {
            self.body = body
        }
    }
}

/// The limit of the number of scrapes that are answered at once.
package final class ScrapeGate: Sendable {
    private let count = Atomic<Int>(0)
    private let maximum: Int

    package init(maximum: Int = 4) {
        self.maximum = maximum
    }

    /// Begins a scrape, which ``leave()`` ends; false if as many are under way as may be.
    package func enter() -> Bool {
        if count.add(1, ordering: .relaxed).newValue <= maximum { return true }
        leave()
        return false
    }

    /// Ends a scrape.
    package func leave() { count.subtract(1, ordering: .relaxed) }
}
