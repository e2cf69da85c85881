import NIOCore
import OpenAIUsage

@testable import OpenAIUsageGateway

/// A call's observer that keeps what it is told, without the engine.
///
/// A stream has its last event with the line `[DONE]` and the empty one behind it, wherever they stand.
final class WatchedObserver: CallObserver {
    let callID = "call-1"
    var instant: Int64 = 0
    private(set) var isTerminated = false
    var asksForStream = false
    var lacksUsageOption = false
    private(set) var status: Int?
    private(set) var requestLength = 0
    private(set) var content: [UInt8] = []
    private(set) var messages: [String] = []
    private(set) var notes: [String] = []
    private var search = TextSearch("[DONE]\n\n")

    func receive(requestBody bytes: borrowing RawSpan) { requestLength += bytes.byteCount }

    func receive(_ head: ResponseHead, at instant: Int64) {
        status = head.status
        content = []
        search = TextSearch("[DONE]\n\n")
    }

    func receive(ownStatus status: Int) { self.status = status }

    func receive(body bytes: borrowing RawSpan) {
        bytes.withUnsafeBytes { bytes in
            content.append(contentsOf: bytes)
            if search.finds(in: bytes) { isTerminated = true }
        }
    }

    func receive(message bytes: borrowing RawSpan) {
        bytes.withUnsafeBytes { messages.append(String(decoding: $0, as: UTF8.self)) }
    }

    func note(_ note: IncludeUsage.Note) { notes.append(note.rawValue) }
    func note(_ name: String, _ value: String) { notes.append("\(name)=\(value)") }
    func add(gatewayNanoseconds: Int64) {}
}

/// Finds a text in bytes that come in pieces; its first byte must stand in it once only.
struct TextSearch {
    private let text: [UInt8]
    private var count = 0

    init(_ text: String) { self.text = Array(text.utf8) }

    mutating func finds(in bytes: UnsafeRawBufferPointer) -> Bool {
        if count == 0, !bytes.contains(text[0]) { return false }
        for byte in bytes {
            count = byte == text[count] ? count + 1 : byte == text[0] ? 1 : 0
            if count == text.count {
                count = 0
                return true
            }
        }
        return false
    }
}
