import CCurl

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The part of a configuration that is set on libcurl, within its limits and in its units.
struct CurlSettings: Sendable {
    let connectMilliseconds: Int
    let idleNanoseconds: Int64
    let bufferLength: Int
    let maximumIdleConnections: Int
    let maximumConnections: Int
    let maximumConnectionsPerHost: Int
    let maximumWaitingCalls: Int
    let httpVersion: Int
    let multiplexes: Bool
    let proxies: CurlProxies
    let authorityFile: String?
    let authorityFolder: String?
    let functions: CurlMultiFunctions

    init(_ configuration: CurlTransportConfiguration) {
        let shortest = Duration.milliseconds(1)
        let longest = Duration.seconds(86_400 * 365)
        let connect = min(max(configuration.connectTimeout, shortest), Duration.seconds(86_400))
        connectMilliseconds = Int(connect / shortest)
        idleNanoseconds = Int64(min(max(configuration.idleTimeout, shortest), longest) / .nanoseconds(1))
        bufferLength = max(configuration.bufferLength, 16 * 1024)
        // libcurl takes these as a C long, with 0 for no limit.
        let most = Int(Int32.max)
        maximumConnections = min(max(configuration.maximumConnections, 1), most)
        maximumConnectionsPerHost = min(max(configuration.maximumConnectionsPerHost, 1), maximumConnections)
        maximumIdleConnections = min(max(configuration.maximumIdleConnections, 1), maximumConnections)
        maximumWaitingCalls = max(configuration.maximumWaitingCalls, 0)
        functions = configuration.functions
        httpVersion = Int(configuration.allowsHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
        multiplexes = configuration.allowsHTTP2 && CurlLibrary.multiplexesSoundly
        let variable = { (name: String) -> String? in
            guard let environment = configuration.environment else { return Self.variable(name) }
            return environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        proxies = CurlProxies(configuration.proxy, variable: variable)
        // The variables of the curl command, in its order.
        let bundle = configuration.trustRoots ?? variable("CURL_CA_BUNDLE")
        authorityFile = bundle ?? variable("SSL_CERT_FILE")
        authorityFolder = bundle == nil ? variable("SSL_CERT_DIR") : nil
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
