import CCurl
import OpenAIUsage

/// Starts detached threads of the operating system.
enum CurlThread {
    private final class Work: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a detached thread that runs a closure.
    static func start(_ run: @escaping @Sendable () -> Void) throws(TransportError) {
        let work = Unmanaged.passRetained(Work(run))
        let code = ccurl_start_thread(
            { context in
                ccurl_name_thread("oai-usage-curl")
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            },
            work.toOpaque()
        )
        guard code == 0 else {
            work.release()
            throw TransportError(.failed, "No thread could be started for libcurl: error \(code) of the system.")
        }
    }
}
