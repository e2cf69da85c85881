import CCurl

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What of a configuration libcurl is told for every call.
struct CurlSettings: Sendable {
    let connectMilliseconds: Int
    let idleNanoseconds: Int64
    let bufferLength: Int
    let maximumIdleConnections: Int
    let httpVersion: Int
    let multiplexes: Bool
    let proxies: CurlProxies
    let authorityFile: String?
    let authorityFolder: String?

    init(_ configuration: CurlTransportConfiguration) {
        let shortest = Duration.milliseconds(1)
        let longest = Duration.seconds(86_400 * 365)
        let connect = min(max(configuration.connectTimeout, shortest), Duration.seconds(86_400))
        connectMilliseconds = Int(connect / shortest)
        idleNanoseconds = Int64(min(max(configuration.idleTimeout, shortest), longest) / .nanoseconds(1))
        bufferLength = max(configuration.bufferLength, 16 * 1024)
        maximumIdleConnections = max(configuration.maximumIdleConnections, 1)
        httpVersion = Int(configuration.allowsHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
        multiplexes = configuration.allowsHTTP2 && CurlLibrary.multiplexesSoundly
        let variable = { (name: String) -> String? in
            guard let environment = configuration.environment else { return Self.variable(name) }
            return environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        proxies = CurlProxies(configuration.proxy, variable: variable)
        // The variables of the command curl, in its order.
        let bundle = configuration.trustRoots ?? variable("CURL_CA_BUNDLE")
        authorityFile = bundle ?? variable("SSL_CERT_FILE")
        authorityFolder = bundle == nil ? variable("SSL_CERT_DIR") : nil
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
