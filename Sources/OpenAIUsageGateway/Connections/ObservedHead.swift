import NIOCore
import OpenAIUsage

extension Exchange: CallObserver {
    var callID: String { id.description }

    func receive(_ head: ResponseHead, at instant: Int64) {
        receive(status: head.status, head.facts, at: instant)
    }

    func receive(ownStatus status: Int) { receive(status: status, ResponseHeadFacts(), at: instant) }
}

extension RequestHead {
    /// What the engine reads of the fields.
    var facts: RequestHeadFacts {
        var facts = RequestHeadFacts()
        for field in fields {
            guard let known = field.known, let kind = ObservedField.request[Int(known.rawValue)] else { continue }
            facts.take(kind, string(field.value))
        }
        return facts
    }
}

extension ResponseHead {
    /// What the engine reads of the fields, without its conclusions.
    var facts: ResponseHeadFacts {
        var facts = ResponseHeadFacts()
        for field in fields {
            if let known = field.known {
                if known == .rateLimit {
                    facts.takeLimit(name: lowercasedText(field.name), string(field.value))
                } else if let (kind, name) = ObservedField.response[Int(known.rawValue)] {
                    facts.take(kind, name: name, string(field.value))
                }
            } else if mayBeObserved(field.name) {
                let name = lowercasedText(field.name)
                if let kind = ResponseHeadFacts.field(named: name) { facts.take(kind, name: name, string(field.value)) }
            }
        }
        return facts
    }

    private func lowercasedText(_ range: Range<Int>) -> String {
        withBytes(range) { bytes in
            String(unsafeUninitializedCapacity: bytes.count) { text in
                for (index, byte) in bytes.enumerated() { text[index] = Octets.lowercased(byte) }
                return bytes.count
            }
        }
    }

    /// False for nearly all names that the engine does not read.
    private func mayBeObserved(_ name: Range<Int>) -> Bool {
        guard name.count < ObservedField.others.count else { return false }
        let first = withBytes(name.lowerBound..<name.lowerBound + 1) { Octets.lowercased($0[0]) }
        return ObservedField.others[name.count] & ObservedField.bit(first) != 0
    }
}

/// The fields that the engine reads, by what the wire knows them as.
private enum ObservedField {
    static let request: [RequestHeadFacts.Field?] = {
        var table: [RequestHeadFacts.Field?] = Array(repeating: nil, count: KnownField.allCases.count)
        for name in RequestHeadFacts.names {
            if let known = known(name) { table[Int(known.rawValue)] = RequestHeadFacts.field(named: name) }
        }
        return table
    }()

    static let response: [(ResponseHeadFacts.Field, name: String)?] = {
        var table: [(ResponseHeadFacts.Field, name: String)?] = Array(repeating: nil, count: KnownField.allCases.count)
        for name in ResponseHeadFacts.names {
            if let known = known(name), let field = ResponseHeadFacts.field(named: name) {
                table[Int(known.rawValue)] = (field, name)
            }
        }
        return table
    }()

    /// The first letters of the names that the wire does not know, by their length.
    static let others: [UInt64] = {
        var table: [UInt64] = Array(repeating: 0, count: 48)
        for name in ResponseHeadFacts.names where known(name) == nil {
            if let first = name.utf8.first { table[name.utf8.count] |= bit(first) }
        }
        return table
    }()

    static func bit(_ letter: UInt8) -> UInt64 { 1 << UInt64(letter & 0x3f) }

    private static func known(_ name: String) -> KnownField? {
        let bytes = Array(name.utf8)
        return bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { KnownField.find($0, 0, bytes.count) }
        }
    }
}
