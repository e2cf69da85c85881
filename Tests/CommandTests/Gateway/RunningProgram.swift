import Foundation
import OpenAIUsageTestKit

/// The program, run by a test.
final class RunningProgram: Sendable {
    /// What it has written to the standard error, and how it has ended.
    struct State: Sendable, CustomStringConvertible {
        var errors = ""
        var status: Int32?
        /// True if no more of the standard error is read.
        var isWhole = false
        var description: String { "\(status.map(String.init) ?? "running"): \(errors)" }
    }

    private let state = Watched(State())
    private let process: Process
    private let pipe = Pipe()

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - arguments: The arguments.
    ///   - environment: Its variables.
    ///   - folder: Its working folder; `nil` for the tests' own.
    /// - Throws: The system's error if it cannot be started.
    init(_ arguments: [String], environment: [String: String] = [:], folder: URL? = nil) throws {
        process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "oai-usage")
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = folder }
        process.environment = environment.merging(["HOME": "/nonexistent", "PATH": "/usr/bin:/bin"]) { left, _ in left }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = pipe
        let state = state
        process.terminationHandler = { process in
            let signal: Int32 = process.terminationReason == .uncaughtSignal ? 1_000 : 0
            state.update { $0.status = process.terminationStatus + signal }
        }
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                state.update { $0.isWhole = true }
                return
            }
            state.update { $0.errors += String(decoding: data, as: UTF8.self) }
        }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Waits until the program has written a text to the standard error, or has ended; returns all that it has written.
    @discardableResult
    func errors(containing text: String) async throws -> String {
        try await state.wait(for: "\"\(text)\"") { state in
            state.errors.contains(text) || (state.status != nil && state.isWhole)
        }.errors
    }

    /// Sends a signal.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Closes the reading end of the standard error.
    func closeErrors() throws {
        pipe.fileHandleForReading.readabilityHandler = nil
        try pipe.fileHandleForReading.close()
        state.update { $0.isWhole = true }
    }

    /// Waits until the program has ended; of one that a signal has ended it is 1,000 more than the signal.
    func status() async throws -> Int32 {
        try await state.wait(for: "the program to end") { $0.status != nil }.status ?? -1
    }
}
