/// Batches: `/usage` of the batch object, once it has ended.
package final class BatchFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        reader.replaceUsage(event, source: "/usage")
        reader.alias = TextCleaner.clean(event.rare.outputFile, maximumLength: 128)
    }

    package func serviceTier(_ identity: ResponseIdentity) -> String? { "batch" }
    package var billedObjects: BilledObjectKind { .batch }
    package var operation: Endpoint.Operation { .batches }
    package var work: Endpoint.Work { .batch }
}

/// The file of a batch's output: one JSON document per request, each with the usage of its response.
package final class BatchOutputFamily: EndpointFamily {
    package init() {}

    private static let lineSelection = JSONSelection(
        ResponseSelection.Node(members: [
            (
                "response",
                ResponseSelection.Node(members: [("body", ResponseSelection.Node(members: ResponseSelection.object))])
            )
        ])
    )

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection {
        mode == .lines ? Self.lineSelection : ResponseSelection.errorOnly
    }

    package var isLines: Bool { true }
    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {}

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        reader.identity.merge(event.identity)
        if event.usagePresence == .present { reader.addUsage(event, source: "line:/response/body/usage") }
    }

    package func serviceTier(_ identity: ResponseIdentity) -> String? { "batch" }

    /// The file, which the path names.
    package func objectID(_ record: CallRecord) -> String? {
        let segments = record.path.split(separator: "/")
        return segments.count > 1 ? TextCleaner.clean(String(segments[segments.count - 2]), maximumLength: 128) : nil
    }

    package var operation: Endpoint.Operation { .files }
}

/// A list of objects that were used, or will be, each of which is counted where it is shown alone.
package final class ObjectListFamily: EndpointFamily {
    package let work: Endpoint.Work

    /// - Parameter work: The kind of work of the objects.
    package init(_ work: Endpoint.Work = .single) { self.work = work }

    private static let selection: JSONSelection = {
        typealias Node = ResponseSelection.Node
        let field = ResponseSelection.field
        let amounts: ResponseSelection.Members =
            ["total_tokens", "input_tokens", "output_tokens", "prompt_tokens", "completion_tokens"]
            .map { ($0, field(.listedAmount)) }
        let object: ResponseSelection.Members = [
            ("id", field(.listedIdentity)), ("status", field(.listedStatus)), ("output_file_id", field(.listedFile)),
            ("usage", Node(members: amounts)), ("per_model_usage", Node(elements: Node(members: amounts))),
            ("trained_tokens", field(.listedAmount)), ("seconds", field(.listedDuration)),
        ]
        let list: ResponseSelection.Members = [
            ("data", Node(elements: Node(field: ResponseField.listed.rawValue, members: object))),
            ("error", ResponseSelection.error), ("type", field(.flatErrorType)),
        ]
        return JSONSelection(Node(members: list + ResponseSelection.flatError))
    }()

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { Self.selection }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        reader.listed = event.rare.listed.used
    }

    package var isUsageExpected: Bool { false }
    package func responseID(_ identity: ResponseIdentity) -> String? { nil }
    package func finish(_ identity: ResponseIdentity) -> String? { nil }
    package var billedObjects: BilledObjectKind { .list }
}
