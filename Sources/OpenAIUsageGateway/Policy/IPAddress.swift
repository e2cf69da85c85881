#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An IPv4 or IPv6 address.
struct IPAddress {
    /// The 4 or 16 bytes, in network order.
    let bytes: [UInt8]

    /// Parses an address; `nil` for a name.
    init?(_ text: String) {
        // Room for an address of either family.
        var room = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &room) == 1 {
            bytes = Array(room.prefix(4))
            return
        }
        guard inet_pton(AF_INET6, text, &room) == 1 else { return nil }
        bytes = room
    }
}
