import NIOCore
import Synchronization

/// The open connections of a server.
final class Connections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Registers a connection until it is closed, or closes it if ``closeAll()`` was called.
    func insert(_ channel: any Channel) {
        let identifier = ObjectIdentifier(channel)
        let isClosed = state.withLock { state in
            if !state.isClosed { state.channels[identifier] = channel }
            return state.isClosed
        }
        if isClosed {
            channel.close(promise: nil)
        } else {
            channel.closeFuture.whenComplete { _ in
                self.state.withLock { state in _ = state.channels.removeValue(forKey: identifier) }
            }
        }
    }

    /// Closes every connection, including later ones.
    func closeAll() async {
        let channels = state.withLock { state in
            state.isClosed = true
            return Array(state.channels.values)
        }
        for channel in channels {
            channel.close(promise: nil)
            // A connection that cannot be closed is closed already.
            try? await channel.closeFuture.get()
        }
    }
}
