import Foundation
import OpenAIUsage

extension RequestContent {
    /// The most bytes of a streamed body that are kept in memory.
    private static let spoolThreshold = 256 * 1024

    /// Takes a body; one that is a stream is read to its end, since URLSession pulls from files only.
    init(_ body: Body?) async throws(TransportError) {
        guard let body, body.length != 0 else {
            self = .none
            return
        }
        if let bytes = body.bytes {
            self = .bytes(Data(bytes))
            return
        }
        do {
            self = try await Self.read(body)
        } catch let error as TransportError {
            throw error
        } catch {
            guard !(error is CancellationError), !Task.isCancelled else {
                throw TransportError(.cancelled, "The call was cancelled.", underlying: error)
            }
            throw TransportError(.failed, "The request's body cannot be read or kept.", underlying: error)
        }
    }

    private static func read(_ body: Body) async throws -> RequestContent {
        var bytes: [UInt8] = []
        var file: SpoolFile?
        var total = 0
        for try await piece in body {
            try Task.checkCancellation()
            total += piece.count
            bytes.append(contentsOf: piece)
            guard bytes.count > spoolThreshold else { continue }
            let spool = try file ?? SpoolFile()
            file = spool
            try await spool.append(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        try Task.checkCancellation()
        guard total == body.length ?? total else {
            throw TransportError(
                .invalidRequest,
                "The request's body has \(total) bytes and not the \(body.length ?? 0) that it was to have."
            )
        }
        guard let file else { return bytes.isEmpty ? .none : .bytes(Data(bytes)) }
        try await file.append(bytes)
        return .file(file)
    }
}
