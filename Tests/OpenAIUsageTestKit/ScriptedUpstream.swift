package import NIOCore
package import NIOPosix

/// A server of raw TCP connections, each of which a test plays by hand or by a script.
package final class ScriptedUpstream: Sendable {
    private struct State: Sendable, CustomStringConvertible {
        var accepted: [RawConnection] = []
        var taken = 0

        var description: String { "\(accepted.count) accepted, \(taken) taken" }
    }

    private let listener: any Channel
    private let state: Watched<State>

    package let port: Int

    private init(_ listener: any Channel, _ state: Watched<State>) {
        self.listener = listener
        self.state = state
        port = listener.localAddress?.port ?? 0
    }

    /// Listens.
    ///
    /// - Parameters:
    ///   - expectsPattern: Whether what comes behind the first head of a connection is only compared with ``Pattern``.
    ///   - front: Puts handlers before the connection, such as those of TLS.
    ///   - script: What each connection does; without it the test plays what ``accept()`` returns.
    ///   - host: The address of this machine to listen on.
    ///   - port: The port; 0 picks a free one.
    ///   - group: The event loops, which other tests share unless it is another.
    /// - Returns: The server, which accepts connections already.
    /// - Throws: What the system says when it cannot listen.
    package static func start(
        expectsPattern: Bool = false,
        front: (@Sendable (any Channel) throws -> Void)? = nil,
        script: (@Sendable (RawConnection) async throws -> Void)? = nil,
        host: String = "127.0.0.1",
        port: Int = 0,
        group: MultiThreadedEventLoopGroup = .singleton
    ) async throws -> ScriptedUpstream {
        let state = Watched(State())
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try front?(channel)
                    let connection = try RawConnection.attach(to: channel, expectsPattern: expectsPattern)
                    state.update { $0.accepted.append(connection) }
                    if let script {
                        Task {
                            do { try await script(connection) } catch { await connection.close() }
                        }
                    }
                }
            }
            .bind(host: host, port: port)
            .get()
        return ScriptedUpstream(listener, state)
    }

    /// A server that answers every request with the same bytes.
    package static func answering(_ response: [UInt8]) async throws -> ScriptedUpstream {
        try await start(script: { connection in
            while true {
                _ = try await connection.message(.request)
                try await connection.send(response)
            }
        })
    }

    /// How many connections were made.
    package var acceptedCount: Int { state.value.accepted.count }
    package var connections: [RawConnection] { state.value.accepted }

    /// The next connection, as soon as it is made.
    package func accept() async throws -> RawConnection {
        let number = state.update { state in
            state.taken += 1
            return state.taken
        }
        return try await state.wait(for: "connection \(number)") { $0.accepted.count >= number }.accepted[number - 1]
    }

    package func stop() async {
        try? await listener.close().get()
        for connection in connections { await connection.close() }
    }
}
