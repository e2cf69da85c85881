import HTTPTypes

/// The beginning of a failed attempt's body, which is read so that its error is recorded, its code is known, and its
/// connection can be reused if the body ends there.
///
/// SAFETY: one task reads; the code that started the task accesses the results only after the task has ended.
final class RetriedError: @unchecked Sendable {
    /// The most bytes that are read.
    static let maximumLength = 64 << 10

    private let head: HTTPResponse
    private let length: Int?
    private var iterator: Body.AsyncIterator?
    private var pieces: [ArraySlice<UInt8>] = []
    private var count = 0
    private var inflater: Inflater?
    private var isReadable = true
    private var reader = ResponseReader(mode: .document, hint: .document, family: FreeFamily())
    /// The code of the API's error; `nil` if the body does not begin with one.
    private(set) var code: String?

    init(_ response: Response) {
        head = response.head
        length = response.body.length
        iterator = response.body.makeAsyncIterator()
        switch Inflater.Coding.reading(head.headerFields[.contentEncoding]) {
        case .identity: break
        case .coded(let coding): inflater = Inflater(coding)
        case .unknown: isReadable = false
        }
    }

    /// Reads to the end or the limit.
    ///
    /// - Throws: Any error of reading the body.
    func read() async throws {
        while count < Self.maximumLength, let piece = try await iterator?.next(isolation: nil) {
            pieces.append(piece)
            count += piece.count
            take(piece)
        }
        if count < Self.maximumLength { iterator = nil }
        reader.finish()
        code = reader.errorCode
    }

    /// The response with its whole body, to be read by another.
    var response: Response { Response(head: head, body: Body(ResumedBody(pieces, rest: iterator), length: length)) }

    private func take(_ piece: ArraySlice<UInt8>) {
        guard isReadable else { return }
        piece.withUnsafeBufferPointer { bytes in
            if inflater == nil {
                reader.receive(bytes)
            } else {
                isReadable = inflater?.inflate(bytes) { reader.receive($0) } ?? false
            }
        }
    }
}
