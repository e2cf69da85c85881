#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An address of IPv4 or IPv6, as its bytes.
struct IPAddress {
    /// 4 or 16 bytes.
    let bytes: [UInt8]

    /// Reads an address; `nil` for a name.
    init?(_ text: String) {
        // Room for the longer of both; the address is what is written there.
        var room = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &room) == 1 {
            bytes = Array(room.prefix(4))
            return
        }
        guard inet_pton(AF_INET6, text, &room) == 1 else { return nil }
        bytes = room
    }
}
