#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The process's limit of open file descriptors.
enum DescriptorLimit {
    /// The descriptors reserved for the ledger and name resolution.
    private static let reserve = 128

    private static var current: rlimit? {
        var limit = rlimit()
        #if canImport(Darwin) || canImport(Musl)
        guard getrlimit(RLIMIT_NOFILE, &limit) == 0 else { return nil }
        #else
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        #endif
        return limit
    }

    /// Raises the limit as far as the system allows.
    static func raise() {
        guard var limit = current, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        #if canImport(Darwin)
        // The system rejects more than this, regardless of its own limit.
        limit.rlim_cur = min(limit.rlim_max, rlim_t(OPEN_MAX))
        #endif
        #if canImport(Darwin) || canImport(Musl)
        _ = setrlimit(RLIMIT_NOFILE, &limit)
        #else
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #endif
    }

    /// The number of client connections that the limit allows, each with one connection to the upstream.
    static var connections: Int {
        guard let limit = current, limit.rlim_cur < 1 << 30 else { return .max }
        return connections(descriptors: Int(limit.rlim_cur))
    }

    /// The number of connections of operators that the limit allows.
    static var adminConnections: Int {
        guard let limit = current, limit.rlim_cur < 1 << 30 else { return mostAdminConnections }
        return adminConnections(descriptors: Int(limit.rlim_cur))
    }

    /// Returns the number of client connections for a number of descriptors.
    static func connections(descriptors: Int) -> Int {
        max(16, (descriptors - reserve - adminConnections(descriptors: descriptors)) / 2)
    }

    /// Returns the number of connections of operators for a number of descriptors.
    static func adminConnections(descriptors: Int) -> Int { min(mostAdminConnections, max(16, descriptors / 8)) }

    private static let mostAdminConnections = 256
}
