import NIOHTTP1
import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct AdminAnswerTests {
    @Test
    func onlyAnAdminKeyIsAccepted() async throws {
        let target = "/v1/organization/usage/completions?start_time=1"
        let response = try await answer(to: .plain("GET", target))
        #expect(response.status == 403)
        #expect(try response.json()["error"]["message"].string?.contains("api.usage.read") == true)
    }

    @Test
    func aRouteOfTheAdminAPI() {
        #expect(Route(method: .GET, path: "/v1/organization/costs") == .admin("costs"))
        #expect(Route(method: .GET, path: "/v1/organization/usage/images") == .admin("usage/images"))
        #expect(Route(method: .POST, path: "/v1/organization/costs") == .wrongMethod)
    }
}
