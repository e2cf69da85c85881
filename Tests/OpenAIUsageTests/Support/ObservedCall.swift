import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// A call as a test describes it: what is said in which pieces, and how it ends.
struct ObservedCall: Sendable {
    var method = "POST"
    var authority: String? = "api.openai.com"
    var path = "/v1/chat/completions"
    var requestFields: [(name: String, value: String)] = []
    var tags: UsageTags = [:]
    var requestBody: [UInt8] = []
    var requestCuts: [Int] = []
    /// `nil` for a call that never got a response.
    var status: Int? = 200
    var fields: [(name: String, value: String)] = [("content-type", "application/json")]
    var body: [UInt8] = []
    var cuts: [Int] = []
    /// `nil` for a call whose last reference just goes away.
    var ending: TransportEnd? = .completed
    var configuration = ExchangeConfiguration(clock: ManualClock())
    /// What was counted before; `nil` for a call that knows of none.
    var objects: BilledObjects?

    static func header(_ fields: [(name: String, value: String)]) -> HTTPFields {
        var header = HTTPFields()
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { header.append(HTTPField(name: name, value: value)) }
        }
        return header
    }

    static func head(_ status: Int, _ fields: [(name: String, value: String)] = []) -> HTTPResponse {
        HTTPResponse(status: .init(code: status), headerFields: header(fields))
    }

    /// The exchange of the call, at its start.
    func exchange(sink: any UsageSink) -> Exchange {
        let request = HTTPRequest(
            method: HTTPRequest.Method(method) ?? .post,
            scheme: "https",
            authority: authority,
            path: path,
            headerFields: Self.header(requestFields)
        )
        var configuration = configuration
        configuration.objects = objects ?? BilledObjects()
        return Exchange(request: request, tags: tags, configuration: configuration, sink: sink)
    }

    /// Feeds an exchange with all of the call but its end.
    func feed(_ exchange: Exchange) {
        Self.pieces(of: requestBody, cuts: requestCuts) { exchange.receive(requestBody: $0.span.bytes) }
        guard let status else { return }
        exchange.receive(head: Self.head(status, fields))
        Self.pieces(of: body, cuts: cuts) { exchange.receive(body: $0.span.bytes) }
    }

    /// The call's one record.
    func record() throws -> CallRecord {
        let sink = RecordingSink()
        do {
            let exchange = exchange(sink: sink)
            feed(exchange)
            if let ending { exchange.finish(ending) }
        }
        #expect(sink.records.count == 1)
        return try #require(sink.records.first)
    }

    static func pieces(of bytes: [UInt8], cuts: [Int], _ receive: (ArraySlice<UInt8>) -> Void) {
        var start = 0
        for cut in cuts + [bytes.count] where cut > start && cut <= bytes.count {
            receive(bytes[start..<cut])
            start = cut
        }
    }
}

extension CallRecord {
    /// The record without what differs from one run to the next.
    var timeless: CallRecord { SampleTests.timeless(self) }

    /// The members in which another record differs, with both values.
    func differences(from other: CallRecord) -> [String] {
        zip(Mirror(reflecting: self).children, Mirror(reflecting: other).children).compactMap { mine, theirs in
            let (left, right) = ("\(mine.value)", "\(theirs.value)")
            return left == right ? nil : "\(mine.label ?? ""): \(left) != \(right)"
        }
    }
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}
