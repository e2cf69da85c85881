import HTTPTypes
import Testing

@testable import OpenAIUsage

/// A request's head is read in one pass.
struct RequestHeadersTests {
    private static func facts(_ fields: [(String, String)]) throws -> RequestHeaders {
        var list = HTTPFields()
        for (name, value) in fields { list.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
        return RequestHeaders(list)
    }

    @Test
    func `Every field is read by its name, in any case`() throws {
        let names = RequestHeaders.names.sorted()
        let facts = try Self.facts(names.map { ($0.uppercased(), "value of \($0)") })
        let read = Mirror(reflecting: facts).children.compactMap { $0.value as? String }
        #expect(read.sorted() == names.map { "value of \($0)" }.sorted())
        #expect(facts.contentType == "value of content-type" && facts.tags == "value of openai-usage-tags")
        #expect(
            facts.authorization == "value of authorization" && facts.retryCount == "value of x-stainless-retry-count"
        )
    }

    @Test
    func `Of a name that comes twice the values are a list, and other fields are nothing`() throws {
        let facts = try Self.facts([
            ("OpenAI-Usage-Tags", "team=a"), ("x-other", "1"), ("openai-usage-tags", "feature=b"), ("cookie", "k=v"),
        ])
        #expect(facts.tags == "team=a, feature=b")
        let read = Mirror(reflecting: facts).children.compactMap { $0.value as? String }
        #expect(read == ["team=a, feature=b"])
    }
}
