/// The rules that the endpoints of one kind share: for reading their bodies, and for judging, counting and naming their
/// calls.
///
/// A family is one type in one file; every member but ``selection(for:)`` has a default that suits an endpoint with one
/// JSON object that contains a `usage`. To add an endpoint of a new kind, write its family and its line in
/// ``EndpointCatalog``.
package protocol EndpointFamily: AnyObject, Sendable {
    // MARK: Reading

    /// The members of the body's JSON that are read.
    func selection(for mode: ResponseReader.Mode) -> JSONSelection
    /// True if the body is one JSON document a line, whatever its labels say.
    var isLines: Bool { get }
    /// True if several JSON documents in one body are the events of a stream rather than objects of their own.
    var readsDocumentsAsEvents: Bool { get }
    /// True if nothing is known of the endpoint, so that a truncated body cannot be distinguished from a whole one.
    var isUnknown: Bool { get }
    /// Reads the one document of a body. An error in it was read already.
    func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader)
    /// Reads the data of an event, or a message of a socket.
    ///
    /// - Parameters:
    ///   - event: The parsed data.
    ///   - name: The type in the data, else the event's name.
    ///   - reader: The reader of the response.
    func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader)
    /// True if reading the same data again would change nothing except that content was seen.
    ///
    /// Errors and events with usage are excluded already.
    func isIdempotent(_ event: ParsedEvent, named name: [UInt8]) -> Bool
    /// Reads the facts of a usage besides its counters.
    func readUsage(_ event: ParsedEvent, into reader: inout ResponseReader)
    /// The tool to which the second model of a usage belongs.
    var secondModel: SecondModel { get }

    // MARK: Judging

    /// True if a successful call reports usage.
    var isUsageExpected: Bool { get }
    /// True if only the event that ends a stream shows that it is complete, whatever came before it.
    var endsByEventOnly: Bool { get }
    /// True if usage has an output side.
    var hasOutput: Bool { get }
    /// The state of usage of a success that reports none; `nil` to judge by the body.
    func stateWithoutUsage(_ record: CallRecord, _ response: borrowing ResponseReader) -> UsageState?

    // MARK: The record

    /// The identity of the response; `nil` if the object's identity is not one of a response.
    func responseID(_ identity: ResponseIdentity) -> String?
    /// The service tier that served the call.
    func serviceTier(_ identity: ResponseIdentity) -> String?
    /// How the model finished.
    func finish(_ identity: ResponseIdentity) -> String?
    /// The billed units of a success, completed by those of the request.
    func units(_ response: borrowing ResponseReader, _ request: ParsedRequest) -> [String: String]
    /// Adds what follows from a successful call without being reported.
    func infer(_ record: inout CallRecord, _ request: ParsedRequest, _ response: borrowing ResponseReader)

    // MARK: Accounting

    /// The objects that a call makes and other calls may show again.
    var billedObjects: BilledObjectKind { get }
    /// The identity of the object that a call shows.
    func objectID(_ record: CallRecord) -> String?

    // MARK: Naming and pricing

    /// The group of the endpoint in metrics, unless the catalog says otherwise.
    var operation: Endpoint.Operation { get }
    /// The words of OpenTelemetry's conventions; `nil` if they have none for the endpoint.
    func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation?
    /// True if the response names the model that served the call.
    var isModelServed: Bool { get }
    /// True if calls cost nothing by themselves.
    var isFree: Bool { get }
    /// True if tokens of input and output alone make up the cost, so that it can be bounded without usage.
    var isBoundedByTokens: Bool { get }
    /// The kind of work that determines how usage is priced.
    var work: Endpoint.Work { get }
    /// True if a stream reports usage only if the request asks for it.
    var reportsUsageOnRequest: Bool { get }
    /// True if the end of an unknown path identifies the endpoint.
    var isIdentifiedByEnding: Bool { get }
}

/// The model beside the one that a call names.
package enum SecondModel: Sendable {
    /// The hosted tool that generates images.
    case imageGeneration
    /// The model that draws vectors.
    case vectors
}

/// The objects that a call of an endpoint makes and other calls may show again.
package enum BilledObjectKind: Sendable {
    case none
    /// The response itself.
    case response
    /// Every part of the response, under an identity of its own.
    case parts
    /// A container, paid for in windows of 20 minutes.
    case container
    /// A batch, whose usage is shown when it has ended.
    case batch
    /// A list of objects that are counted where each is shown alone.
    case list
}

extension Endpoint {
    /// The kind of work of an endpoint, which determines how usage is priced.
    package enum Work: Sendable {
        /// Calls that are served one by one.
        case single
        /// A batch, priced at its tier whatever the response says.
        case batch
        /// An evaluation, which adds up several models.
        case evaluation
    }
}

extension EndpointFamily {
    package var isLines: Bool { false }
    package var readsDocumentsAsEvents: Bool { false }
    package var isUnknown: Bool { false }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        reader.replaceUsage(event, source: "/usage")
    }

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        reader.identity.merge(event.identity)
        reader.readError(event, named: name)
    }

    package func isIdempotent(_ event: ParsedEvent, named name: [UInt8]) -> Bool { false }
    package func readUsage(_ event: ParsedEvent, into reader: inout ResponseReader) {}
    package var secondModel: SecondModel { .vectors }

    package var isUsageExpected: Bool { true }
    package var endsByEventOnly: Bool { false }
    package var hasOutput: Bool { true }
    package func stateWithoutUsage(_ record: CallRecord, _ response: borrowing ResponseReader) -> UsageState? { nil }

    package func responseID(_ identity: ResponseIdentity) -> String? {
        TextCleaner.clean(ResponseIdentity.text(identity.identity))
    }

    package func serviceTier(_ identity: ResponseIdentity) -> String? {
        TextCleaner.clean(ResponseIdentity.text(identity.serviceTier))
    }

    package func finish(_ identity: ResponseIdentity) -> String? {
        guard let status = ResponseIdentity.word(identity.status) else { return nil }
        guard status == "incomplete", let reason = ResponseIdentity.text(identity.reason) else { return status }
        return RowText.word("\(status):\(reason)")
    }

    package func units(_ response: borrowing ResponseReader, _ request: ParsedRequest) -> [String: String] {
        response.units
    }

    package func infer(_ record: inout CallRecord, _ request: ParsedRequest, _ response: borrowing ResponseReader) {}

    package var billedObjects: BilledObjectKind { .none }
    package func objectID(_ record: CallRecord) -> String? { record.responseID }

    package var operation: Endpoint.Operation { .other }
    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? { nil }
    package var isModelServed: Bool { false }
    package var isFree: Bool { false }
    package var isBoundedByTokens: Bool { false }
    package var work: Endpoint.Work { .single }
    package var reportsUsageOnRequest: Bool { false }
    package var isIdentifiedByEnding: Bool { true }
}
