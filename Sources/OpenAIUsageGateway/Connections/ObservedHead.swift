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
    /// Returns the facts of the fields for the engine.
    ///
    /// - Parameter credential: The credential in place of those of the fields; `nil` keeps them.
    /// - Returns: The facts.
    func facts(identifiedBy credential: String?) -> RequestHeadFacts {
        var facts = RequestHeadFacts()
        for field in fields {
            guard let known = field.known, let kind = ObservedField.request[Int(known.rawValue)] else { continue }
            facts.take(kind, string(field.value))
        }
        if let credential { facts.identify(by: credential) }
        return facts
    }
}

extension ResponseHead {
    /// The facts of the fields for the engine, not yet finished.
    var facts: ResponseHeadFacts {
        var facts = ResponseHeadFacts()
        for field in fields {
            if let known = field.known {
                if known == .rateLimit {
                    facts.takeLimit(name: lowercasedText(field.name), string(field.value))
                } else if let (kind, name) = ObservedField.response[Int(known.rawValue)] {
                    facts.take(kind, name: name, string(field.value))
                }
            } else if ObservedField.others.mayContain(field.name, in: self) {
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

    /// Those of responses that the wire does not know.
    static let others = FieldNameFilter(ResponseHeadFacts.names.filter { known($0) == nil })

    private static func known(_ name: String) -> KnownField? {
        let bytes = Array(name.utf8)
        return bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { KnownField.find($0, 0, bytes.count) }
        }
    }
}
