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

    package init(_ manner: Manner) throws {
        var sockets: [Int32] = []
        func makeSocket() throws -> Int32 {
            #if canImport(Darwin)
            let socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
            #else
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            #endif
            guard socket >= 0 else { throw Failure(code: errno) }
            sockets.append(socket)
            return socket
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = try makeSocket()
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && (manner == .refuses || listen(listener, 0) == 0)
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw Failure(code: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
        // More connections than the queue holds.
        for _ in 0..<(manner == .ignores ? 3 : 0) {
            let client = try makeSocket()
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            withUnsafePointer(to: &address) { pointer in
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
