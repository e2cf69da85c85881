import OpenAIUsage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A thread of the operating system that runs a closure.
enum CurlThread {
    private final class Work: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread; nobody has to wait for it.
    ///
    /// It takes no signals, so that those of the program go to its own threads, and a socket that is closed raises none.
    static func start(_ run: @escaping @Sendable () -> Void) throws(TransportError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // A thread begins with the mask of who made it.
        var all = sigset_t()
        var own = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &own)
        defer { pthread_sigmask(SIG_SETMASK, &own, nil) }
        let work = Unmanaged.passRetained(Work(run))
        #if canImport(Darwin)
        var thread: pthread_t?
        let code = pthread_create(&thread, &attributes, { work in
            pthread_setname_np("oai-usage-curl")
            Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run()
            return nil
        }, work.toOpaque())
        #else
        var thread = pthread_t()
        let code = pthread_create(&thread, &attributes, { work in
            pthread_setname_np(pthread_self(), "oai-usage-curl")
            if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run() }
            return nil
        }, work.toOpaque())
        #endif
        guard code == 0 else {
            work.release()
            throw TransportError(.failed, "No thread could be started for libcurl: error \(code) of the system.")
        }
    }
}
