import NIOCore
import OpenAIUsage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension Exchange: CallObserver {
    var callID: String { id.description }

    func receive(_ head: ResponseHead, at instant: Int64) {
        receive(status: head.status, head.facts, at: instant)
    }

    func receive(ownStatus status: Int) { receive(status: status, ResponseHeaders(), at: instant) }
}

extension RequestHead {
    /// Returns the header fields that the engine reads.
    ///
    /// - Parameter credential: A credential that replaces those of the fields; `nil` keeps them.
    /// - Returns: The headers.
    func facts(identifiedBy credential: String?) -> RequestHeaders {
        var facts = RequestHeaders()
        bytes.withUnsafeReadableBytes { bytes in
            for field in fields {
                guard let known = field.known, let kind = ObservedField.request[Int(known.rawValue)] else { continue }
                facts.take(kind, ObservedField.text(bytes, field.value))
            }
        }
        if let credential { facts.identify(by: credential) }
        return facts
    }
}

extension ResponseHead {
    /// The header fields that the engine reads, not yet finished.
    var facts: ResponseHeaders {
        var facts = ResponseHeaders()
        // The date is only needed to interpret a `Retry-After`.
        let needsDate = present.contains(.retryAfter)
        bytes.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            for field in fields {
                if let known = field.known {
                    if known == .rateLimit {
                        facts.takeLimit(
                            name: UnsafeRawBufferPointer(rebasing: bytes[field.name]),
                            UnsafeRawBufferPointer(rebasing: bytes[field.value])
                        )
                    } else if let (kind, name) = ObservedField.response[Int(known.rawValue)],
                        needsDate || known != .date
                    {
                        facts.take(kind, name: name, ObservedField.text(bytes, field.value))
                    }
                } else if ObservedField.others.mayContain(base, field.name) {
                    let name = ObservedField.lowercasedText(bytes, field.name)
                    if let kind = ResponseHeaders.field(named: name) {
                        facts.take(kind, name: name, ObservedField.text(bytes, field.value))
                    }
                }
            }
        }
        return facts
    }
}

/// The fields that the engine reads, by the known fields of the wire.
private enum ObservedField {
    static let request: [RequestHeaders.Field?] = {
        var table: [RequestHeaders.Field?] = Array(repeating: nil, count: KnownField.allCases.count)
        for name in RequestHeaders.names {
            if let known = known(name) { table[Int(known.rawValue)] = RequestHeaders.field(named: name) }
        }
        return table
    }()

    static let response: [(ResponseHeaders.Field, name: String)?] = {
        var table: [(ResponseHeaders.Field, name: String)?] = Array(repeating: nil, count: KnownField.allCases.count)
        for name in ResponseHeaders.names {
            if let known = known(name), let field = ResponseHeaders.field(named: name) {
                table[Int(known.rawValue)] = (field, name)
            }
        }
        return table
    }()

    /// The response fields that the wire does not know.
    static let others = FieldNameFilter(ResponseHeaders.names.filter { known($0) == nil })

    /// Returns the text of a value; the most frequent long one is a literal, which costs no allocation.
    static func text(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        let isJSON: Bool =
            range.count == json.utf8CodeUnitCount
            && bytes.baseAddress.map { memcmp($0 + range.lowerBound, json.utf8Start, range.count) == 0 } ?? false
        return isJSON ? "application/json" : String(decoding: bytes[range], as: UTF8.self)
    }

    private static let json: StaticString = "application/json"

    static func lowercasedText(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        String(unsafeUninitializedCapacity: range.count) { text in
            for (index, place) in range.enumerated() { text[index] = Octets.lowercased(bytes[place]) }
            return range.count
        }
    }

    private static func known(_ name: String) -> KnownField? {
        let bytes = Array(name.utf8)
        return bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { KnownField.find($0, 0, bytes.count) }
        }
    }
}
