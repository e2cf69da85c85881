import Foundation
import OpenAIUsage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The source of a request's body.
enum RequestContent: Sendable {
    /// The request itself, if it has a body.
    case none
    /// The request's own stream, which can be read only once.
    case single
    /// Bytes that are given to the session's task.
    case kept(Data)
    /// Bytes that are read as a stream, and again from their beginning if the request is repeated.
    case bytes(Data)
    case stream(UploadPipe)

    /// The length; `nil` if it is unknown or set on the request.
    var length: Int? {
        switch self {
        case .none, .single: nil
        case .kept(let data), .bytes(let data): data.count
        case .stream(let pipe): pipe.length
        }
    }

    /// A stream that reads the body from its beginning.
    var stream: InputStream? {
        switch self {
        case .none, .single, .kept: nil
        case .bytes(let data): InputStream(data: data)
        case .stream(let pipe): pipe.stream()
        }
    }

    /// A stream that reads the body from its beginning for a repeated request, or fails if that is impossible.
    var repeated: InputStream? {
        if case .single = self { return .broken }
        if case .stream(let pipe) = self { pipe.rewind() }
        return stream
    }

    /// Ends a body that is being read.
    ///
    /// - Parameter error: The error for the caller, unless the body has failed before.
    func close(_ error: TransportError? = nil) {
        if case .stream(let pipe) = self { pipe.close(error) }
    }
}

/// A request's body in the form that URLSession sends: short ones as bytes, long ones through a pipe.
struct Upload {
    let content: RequestContent
    /// The rest of the body, which is pulled while the request is sent.
    private let source: UploadSource?

    /// Prepares a body, pulling up to 256 KiB of a stream, since a short one is sent as bytes.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - length: The length that it is to have; `nil` if it is unknown.
    ///   - patience: The longest time that URLSession waits for a piece.
    /// - Throws: `TransportError.Code.failed` if the body cannot be read, `invalidRequest` if its length is not the declared
    ///   one, `cancelled` if the task is cancelled.
    init(_ body: Body?, length: Int?, patience: Duration) async throws(TransportError) {
        guard let body, body.length != 0 else {
            (content, source) = (.none, nil)
            return
        }
        if let bytes = body.bytes {
            (content, source) = (.bytes(Data(bytes)), nil)
            return
        }
        do {
            (content, source) = try await Self.begin(body, length, patience)
        } catch let error as TransportError {
            throw error
        } catch {
            guard !(error is CancellationError), !Task.isCancelled else {
                throw TransportError(.cancelled, "The call was cancelled.", underlying: error)
            }
            throw TransportError(.failed, "The request's body cannot be read.", underlying: error)
        }
    }

    private static func begin(
        _ body: Body,
        _ length: Int?,
        _ patience: Duration
    ) async throws -> (RequestContent, UploadSource?) {
        let source = UploadSource(body)
        var pieces: [ArraySlice<UInt8>] = []
        var total = 0
        while total <= UploadPipe.bufferLength {
            try Task.checkCancellation()
            if let piece = try await source.next() {
                pieces.append(piece)
                total += piece.count
                continue
            }
            try Task.checkCancellation()
            guard total == length ?? total else {
                throw TransportError(
                    .invalidRequest,
                    "The request's body has \(total) bytes and not the \(length ?? 0) that it was to have."
                )
            }
            return (total == 0 ? .none : .bytes(Data(pieces.joined())), nil)
        }
        let pipe = UploadPipe(length: length, beginning: pieces, patience: patience)
        if let failure = pipe.failure { throw failure }
        return (.stream(pipe), source)
    }

    /// Waits for the response's head while a child task pulls the rest of the body, and then for the end of the body.
    ///
    /// A response with a status of 300 or more ends the body.
    func sending(
        isolation: isolated (any Actor)? = #isolation,
        _ head: (isolated (any Actor)?) async -> Result<URLResponse, any Error>
    ) async throws -> URLResponse {
        guard case .stream(let pipe) = content, let source else { return try await head(isolation).get() }
        let result = await withTaskGroup(of: Void.self, isolation: isolation) { group in
            group.addTask { await pipe.pull(source) }
            let result = await head(isolation)
            if Self.isRefusal(result) { pipe.close() }
            await withTaskCancellationHandler {
                await pipe.pulled(isolation: isolation)
            } onCancel: {
                pipe.close()
            }
            group.cancelAll()
            return result
        }
        // A failure of the body is the cause of the call's failure, so it is thrown first.
        if let failure = pipe.failure { throw failure }
        return try result.get()
    }

    private static func isRefusal(_ result: Result<URLResponse, any Error>) -> Bool {
        guard let response = try? result.get() else { return true }
        return (response as? HTTPURLResponse).map { $0.statusCode >= 300 } ?? false
    }
}
