import Foundation
import OpenAIUsage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The state machine of a call, with events from the session and from the caller.
struct SessionCallState: Sendable {
    /// The reaction to a response that arrives faster than it is read.
    enum Overflow: Sendable {
        /// The task is suspended, and resumed when half of the buffer is free.
        case suspend
        /// The call fails with `TransportError.Code.bodyTooLarge`.
        case fail

        /// The reaction that the system's URLSession supports.
        ///
        /// On Linux, a suspended task gives up its connection and repeats its request when it is resumed.
        static var usual: Overflow {
            #if canImport(FoundationNetworking)
            .fail
            #else
            .suspend
            #endif
        }
    }

    /// The next command for the session's task.
    enum Order: Sendable {
        case nothing
        case suspend
        case resume
        case cancel
    }

    /// An event that a caller waits for.
    enum Interest: Sendable {
        case head
        case body
    }

    /// The next step of a caller.
    enum Step<Value: Sendable>: Sendable {
        case value(Value)
        case wait
        case failure(any Error)
    }

    private enum End: Sendable {
        case complete
        case failed(any Error)
    }

    private let limit: Int
    private let overflow: Overflow
    private var response: URLResponse?
    private var pieces: [Data] = []
    /// The index of the next piece to deliver.
    private var next = 0
    private var waiting = 0
    private var isSuspended = false
    private var end: End?

    init(limit: Int, overflow: Overflow = .usual) {
        self.limit = limit
        self.overflow = overflow
    }

    /// True if the response's head has arrived.
    var isHeadReceived: Bool { response != nil }

    /// True if a caller that waits for an interest can go on.
    func has(_ interest: Interest) -> Bool {
        switch interest {
        case .head: response != nil || end != nil
        case .body: next < pieces.count || end != nil
        }
    }

    // MARK: - The session

    mutating func receive(_ response: URLResponse) {
        if end == nil { self.response = response }
    }

    mutating func receive(_ data: Data) -> Order {
        guard end == nil, !data.isEmpty else { return .nothing }
        pieces.append(data)
        waiting += data.count
        guard waiting > limit else { return .nothing }
        switch overflow {
        case .fail:
            fail(
                TransportError(
                    .bodyTooLarge,
                    "More than \(limit) bytes of the response have not been read, and URLSession cannot hold it back."
                )
            )
            return .cancel
        case .suspend:
            if isSuspended { return .nothing }
            isSuspended = true
            return .suspend
        }
    }

    /// Processes the end of the task, whose response has the head if it was not delivered before.
    mutating func complete(_ error: (any Error)?, _ response: URLResponse?) {
        guard end == nil else { return }
        if let error {
            end = .failed(error)
        } else {
            self.response = self.response ?? response
            end = .complete
        }
    }

    // MARK: - The caller

    mutating func stepToHead() -> Step<URLResponse> {
        if let response { return .value(response) }
        switch end {
        case .failed(let error): return .failure(error)
        case .complete: return .failure(URLError(.badServerResponse))
        case nil: return .wait
        }
    }

    /// Removes and returns a piece, `nil` at the end; pieces that arrived before an error come first.
    mutating func stepToBody() -> (step: Step<Data?>, order: Order) {
        if next < pieces.count {
            let piece = pieces[next]
            pieces[next] = Data()
            next += 1
            waiting -= piece.count
            if next == pieces.count {
                pieces.removeAll(keepingCapacity: true)
                next = 0
            }
            guard isSuspended, waiting <= limit / 2 else { return (.value(piece), .nothing) }
            isSuspended = false
            return (.value(piece), .resume)
        }
        switch end {
        case .failed(let error): return (.failure(error), .nothing)
        case .complete: return (.value(nil), .nothing)
        case nil: return (.wait, .nothing)
        }
    }

    /// Ends the call on the caller's side and discards unread pieces.
    ///
    /// - Returns: True if the call was still in flight.
    mutating func cancel() -> Bool {
        let wasOpen = end == nil
        fail(URLError(.cancelled))
        return wasOpen
    }

    private mutating func fail(_ error: any Error) {
        end = .failed(error)
        pieces = []
        next = 0
        waiting = 0
    }
}
