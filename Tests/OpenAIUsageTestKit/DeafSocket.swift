#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A port of this machine that is taken, and makes no connection.
package struct DeafSocket {
    /// What becomes of an attempt to connect.
    package enum Manner {
        /// It is refused: nobody listens.
        case refuses
        /// It gets no answer: the queue of who listens is full.
        case ignores
    }

    package struct Failure: Error {
        package let code: Int32
    }

    package let port: Int
    private let sockets: [Int32]

    /// - Parameters:
    ///   - manner: What becomes of an attempt to connect.
    ///   - isVersion6: True for an address of version 6 of the protocol.
    /// - Throws: What the system says when there can be no such socket.
    package init(_ manner: Manner, isVersion6: Bool = false) throws {
        var sockets: [Int32] = []
        func makeSocket() throws -> Int32 {
            #if canImport(Darwin)
            let socket = Darwin.socket(isVersion6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0)
            #else
            let socket = Glibc.socket(isVersion6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            #endif
            guard socket >= 0 else { throw Failure(code: errno) }
            sockets.append(socket)
            return socket
        }
        var storage = sockaddr_storage()
        var length: socklen_t
        if isVersion6 {
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    $0.pointee.sin6_family = sa_family_t(AF_INET6)
                    $0.pointee.sin6_addr = in6addr_loopback
                }
            }
        } else {
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    $0.pointee.sin_family = sa_family_t(AF_INET)
                    $0.pointee.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
                }
            }
        }
        let listener = try makeSocket()
        let isListening = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && (manner == .refuses || listen(listener, 0) == 0)
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw Failure(code: errno) }
        // The port stands at the same place in both kinds of address.
        port = withUnsafeBytes(of: &storage) { Int($0[2]) << 8 | Int($0[3]) }
        // More connections than the queue holds.
        for _ in 0..<(manner == .ignores ? 3 : 0) {
            let client = try makeSocket()
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            withUnsafePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = connect(client, $0, length) }
            }
        }
        self.sockets = sockets
    }

    package func close() {
        for socket in sockets { _ = systemClose(socket) }
    }

    private func systemClose(_ socket: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.close(socket)
        #elseif canImport(Musl)
        Musl.close(socket)
        #else
        Darwin.close(socket)
        #endif
    }
}
