import NIOHTTP1
import Testing

@testable import OpenAISimulator

@Suite
struct AdminQueryTests {
    private static let now = 1_795_392_000

    private static func query(_ text: String, isCosts: Bool = false, limit: Int? = nil) throws(APIError) -> AdminQuery {
        let uri = "/v1/organization/usage/completions?" + text
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: uri)
        return try AdminQuery(ReceivedRequest(head: head), isCosts: isCosts, now: now, maximumLimit: limit)
    }

    @Test
    func pagesFollowOneAnother() throws {
        let start = Self.now - 3 * 86_400
        var query = try Self.query("start_time=\(start)&limit=2&group_by[]=model&group_by[]=project_id")
        #expect(query.buckets == [start, start + 86_400])
        #expect(query.groups == ["model", "project_id"])
        #expect(query.isFirstPage)
        let next = try #require(query.nextPage)
        query = try Self.query("start_time=\(start)&limit=2&page=\(next)")
        #expect(query.buckets == [start + 2 * 86_400, start + 3 * 86_400])
        #expect(query.nextPage == nil)
        #expect(!query.isFirstPage)
    }

    @Test
    func theLimitOfTheSimulatorBoundsThatOfTheRequest() throws {
        let query = try Self.query("start_time=\(Self.now - 86_400)&limit=100&bucket_width=1h", limit: 1)
        #expect(query.buckets == [Self.now - 86_400])
    }

    @Test(arguments: [
        "", "start_time=x", "start_time=1&bucket_width=1y", "start_time=1&limit=32", "start_time=1&limit=0",
        "start_time=1&bucket_width=1h&limit=169",
    ])
    func invalidParametersAreErrors(text: String) {
        #expect(throws: APIError.self) { _ = try Self.query(text) }
    }

    @Test
    func costsHaveDaysOnly() throws {
        #expect(throws: APIError.self) { _ = try Self.query("start_time=1&bucket_width=1h", isCosts: true) }
        #expect(try Self.query("start_time=1&limit=180", isCosts: true).limit == 180)
    }
}
