import Foundation

/// An answer as it was received.
struct RawResponse {
    struct Header: Equatable {
        var name: String
        var value: String
    }

    var status: Int
    var reason: String
    var headers: [Header]
    var body: [UInt8] = []
    /// The chunks of a chunked body.
    var chunks: [[UInt8]] = []
    /// Whether the body had its promised end.
    var isComplete = true

    /// The value of the first header of that name, in lower case.
    subscript(name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    var headerNames: [String] {
        headers.map(\.name)
    }

    var text: String {
        String(decoding: body, as: UTF8.self)
    }

    /// The body as JSON, parsed by Foundation.
    func json() throws -> JSON {
        try JSON(Data(body))
    }

    /// The data of the events of a stream, which must have that line end.
    func events(lineEnd: String = "\n") -> [String] {
        var blocks = text.components(separatedBy: lineEnd + lineEnd)
        // A complete stream ends with an empty line.
        if blocks.last == "" { blocks.removeLast() }
        return blocks.map { block in
            block.components(separatedBy: lineEnd)
                .filter { $0.hasPrefix("data: ") }
                .map { String($0.dropFirst(6)) }
                .joined(separator: "\n")
        }
    }

    /// The names of the events of a stream.
    func eventNames() -> [String] {
        text.components(separatedBy: "\n").filter { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) }
    }

    /// The JSON of the events of a stream, without `[DONE]`.
    func eventObjects(lineEnd: String = "\n") throws -> [JSON] {
        try events(lineEnd: lineEnd).filter { $0 != "[DONE]" }.map { try JSON(Data($0.utf8)) }
    }
}
