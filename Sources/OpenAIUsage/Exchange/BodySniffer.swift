/// Determines the kind of a response's body by its first bytes, with the labels as a hint.
///
/// Servers send events under `application/json`, JSON under `text/event-stream` or `text/plain`, and either without a
/// type. A body is buffered until its first bytes determine the kind: at most ``maximumHeldLength`` of them, without
/// blanks.
package struct BodySniffer: Sendable {
    /// The kinds of bodies.
    package enum Kind: UInt8, Sendable {
        /// An event stream.
        case events
        /// One JSON document, or several in succession.
        case document
        /// Any other body, which is not read.
        case opaque
    }

    /// The kind of body that the labels promise.
    package enum Hint: UInt8, Sendable {
        /// `text/event-stream`.
        case events
        /// `application/json` and related types, or no type.
        case document
        /// Another type that may contain text: `text/plain`, `application/octet-stream`.
        case text
        /// Media, whose bytes are not examined.
        case media

        /// Creates the hint of a `content-type` field.
        package init(contentType: String?) {
            // The type of nearly every response.
            guard let contentType, contentType != "application/json" else {
                self = .document
                return
            }
            let type = HeaderText.lowercased(contentType).drop { $0 == " " || $0 == "\t" }
            if type.hasPrefix("text/event-stream") {
                self = .events
            } else if type.isEmpty || HeaderText.contains(type, "json") {
                self = .document
            } else if type.hasPrefix("text/") || type.hasPrefix("application/octet-stream") {
                self = .text
            } else {
                self = .media
            }
        }
    }

    /// The most bytes that are needed to decide: the longest field's name with its colon.
    package static let maximumHeldLength = 6

    private static let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    private static let fields = ["data:", "event:", "error:", "retry:", "id:"].map { Array($0.utf8) }

    private let hint: Hint
    private var start: [UInt8] = []
    private var markLength = 0

    /// The kind; `nil` until it is decided.
    package private(set) var kind: Kind?
    /// The offset in the last bytes of the first that is neither a blank nor part of a byte-order mark at the body's
    /// start.
    package private(set) var contentOffset = 0
    /// True if only blanks and a byte-order mark have arrived.
    package var isBlank: Bool { kind == nil && start.isEmpty }

    /// Creates a sniffer at the start of a body.
    package init(_ hint: Hint) {
        self.hint = hint
        if hint == .media { kind = .opaque }
    }

    /// Examines the next bytes of the body.
    ///
    /// - Returns: The kind, once it is decided.
    @discardableResult
    package mutating func sniff(_ bytes: UnsafeBufferPointer<UInt8>) -> Kind? {
        contentOffset = 0
        guard kind == nil else { return kind }
        let isBegun = !start.isEmpty
        var length = 0
        while kind == nil, length < bytes.count {
            take(bytes[length])
            length += 1
        }
        contentOffset = isBegun ? 0 : isBlank ? length : length - max(1, start.count)
        return kind
    }

    /// Ends the body; the labels decide if its bytes do not.
    package mutating func finish() -> Kind {
        if let kind { return kind }
        let decided = labeled
        kind = decided
        return decided
    }

    private var labeled: Kind { Self.labeled(hint) }

    /// The kind that the labels promise.
    static func labeled(_ hint: Hint) -> Kind {
        switch hint {
        case .events: .events
        case .document: .document
        case .text, .media: .opaque
        }
    }

    private mutating func take(_ byte: UInt8) {
        if start.isEmpty {
            if markLength < Self.mark.count, byte == Self.mark[markLength] {
                markLength += 1
                return
            }
            switch byte {
            case 0x20, 0x09, 0x0a, 0x0d: return
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                kind = .document
                return
            // A comment, with which only event streams begin.
            case UInt8(ascii: ":"):
                kind = .events
                return
            default: break
            }
        }
        start.append(byte)
        if Self.fields.contains(start) {
            kind = .events
        } else if !Self.fields.contains(where: { $0.starts(with: start) }) {
            kind = labeled
        }
    }
}
