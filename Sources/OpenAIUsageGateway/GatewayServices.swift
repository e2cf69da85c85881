import Logging
import NIOCore
import OpenAIUsageLedger
import ServiceLifecycle

/// The admin plane as a service that stops at once on a graceful shutdown.
struct AdminService: Service {
    let serve: @Sendable () async throws -> Void

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await serve() }
        } catch {
            // A call interrupted by the shutdown is not a failure.
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
            throw error
        }
    }
}

/// The data plane as a service that drains on a graceful shutdown, up to a time limit.
struct DrainingService: Service {
    let plane: DataPlane
    let readiness: AdminPlane.Readiness
    /// The time limit for calls in flight, in milliseconds.
    let limit: Int64
    let log: GatewayLog

    func run() async throws {
        try? await gracefulShutdown()
        readiness.set(false)
        let isCancelled = Task.isCancelled
        if !isCancelled { log.write(.info, "Shutting down; waiting for the calls in flight.") }
        let isDrained = await plane.shutDown(within: isCancelled ? .zero : .milliseconds(limit))
        if !isDrained, !isCancelled {
            log.write(.warning, "Some calls were still open at the end of the shutdown's time limit, and were cut off.")
        }
    }
}

extension GatewayLog {
    /// Logs a change of the ledger's status.
    func tell(_ change: LedgerStatusChange) {
        let isGood = change.kind == .recovered && change.dropped == 0
        tell(
            isGood ? .notice : .error,
            "\(change)",
            kind: Self.message(change.kind),
            code: change.trouble.code.rawValue
        )
    }

    private static func message(_ kind: LedgerStatusChange.Kind) -> String {
        switch kind {
        case .failed: "The ledger cannot be written."
        case .lasting: "The ledger still cannot be written."
        case .recovered: "The ledger is written again."
        case .replaced: "The ledger's file was replaced."
        }
    }

    /// Logs a failure of the access log.
    func tell(_ trouble: AccessLog.Trouble) {
        switch trouble {
        case .overflow(let lines):
            tell(
                .warning,
                "Lines of the access log were lost: they came faster than they were written.",
                code: "access_log_overflow",
                metadata: ["lost": .stringConvertible(lines)]
            )
        case .refused(let lines, let reason):
            tell(
                .warning,
                "Lines of the access log were lost: they could not be written.",
                code: "access_log_refused",
                metadata: ["lost": .stringConvertible(lines), "reason": "\(reason)"]
            )
        case .notReopened(let reason):
            tell(
                .error,
                "The access log could not be opened again: the file that was open is written to further.",
                code: "access_log_not_reopened",
                metadata: ["reason": "\(reason)"]
            )
        }
    }
}
