import NIOHTTP1
import Testing

@testable import OpenAISimulator

@Suite
struct RouteTests {
    struct Case: Sendable {
        var method: HTTPMethod
        var path: String
        var route: Route
    }

    @Test(arguments: [
        Case(method: .POST, path: "/v1/chat/completions", route: .chatCompletions),
        Case(method: .GET, path: "/v1/chat/completions", route: .wrongMethod),
        Case(method: .POST, path: "/v1/chat/completions/", route: .unknown),
        Case(method: .POST, path: "/v1/Chat/completions", route: .unknown),
        Case(method: .POST, path: "/v1/completions", route: .completions),
        Case(method: .POST, path: "/v1/responses", route: .createResponse),
        Case(method: .GET, path: "/v1/responses", route: .wrongMethod),
        Case(method: .GET, path: "/v1/responses/resp_1", route: .retrieveResponse("resp_1")),
        Case(method: .HEAD, path: "/v1/responses/resp_1", route: .retrieveResponse("resp_1")),
        Case(method: .DELETE, path: "/v1/responses/resp_1", route: .deleteResponse("resp_1")),
        Case(method: .PUT, path: "/v1/responses/resp_1", route: .wrongMethod),
        Case(method: .GET, path: "/v1/responses/resp_1/input_items", route: .unknown),
        Case(method: .POST, path: "/v1/embeddings", route: .embeddings),
        Case(method: .POST, path: "/v1/moderations", route: .moderations),
        Case(method: .GET, path: "/v1/models", route: .listModels),
        Case(method: .HEAD, path: "/v1/models", route: .listModels),
        Case(method: .GET, path: "/v1/models/gpt-4o", route: .retrieveModel("gpt-4o")),
        Case(method: .GET, path: "/v1/models/ft:a:b::c", route: .retrieveModel("ft:a:b::c")),
        Case(method: .GET, path: "/v1/models/ft%3Aa%3ab%C3%A9", route: .retrieveModel("ft:a:bé")),
        Case(method: .GET, path: "/v1/models/100%", route: .retrieveModel("100%")),
        Case(method: .GET, path: "/v1/models/%zz%4", route: .retrieveModel("%zz%4")),
        Case(method: .GET, path: "/v1/models/", route: .unknown),
        Case(method: .DELETE, path: "/v1/models/gpt-4o", route: .wrongMethod),
        Case(method: .GET, path: "", route: .unknown),
        Case(method: .GET, path: "*", route: .unknown),
    ])
    func routes(_ testCase: Case) {
        #expect(Route(method: testCase.method, path: testCase.path) == testCase.route)
    }

    private func request(_ uri: String, _ headers: HTTPHeaders = [:]) -> ReceivedRequest {
        ReceivedRequest(head: HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: headers))
    }

    @Test
    func thePathEndsAtTheQuery() {
        #expect(request("/v1/models").path == "/v1/models")
        #expect(request("/v1/models?a=b?c").path == "/v1/models")
        #expect(request("?").path == "")
    }

    @Test
    func parametersOfTheQuery() {
        let request = request("/x?stream=true&starting_after=7&empty=&flag&a=b=c")
        #expect(request.query("stream") == "true")
        #expect(request.query("starting_after") == "7")
        #expect(request.query("empty") == "")
        #expect(request.query("flag") == "")
        #expect(request.query("a") == "b=c")
        #expect(request.query("none") == nil)
        #expect(self.request("/x").query("stream") == nil)
    }

    @Test
    func attempts() {
        #expect(request("/").attempt == 0)
        #expect(request("/", ["X-Stainless-Retry-Count": "2"]).attempt == 2)
        #expect(request("/", ["X-Stainless-Retry-Count": "many"]).attempt == 0)
    }

    @Test
    func versions() {
        var old = request("/")
        #expect(!old.isOld)
        old.head.version = .http1_0
        #expect(old.isOld)
        old.head.version = HTTPVersion(major: 0, minor: 9)
        #expect(old.isOld)
    }
}
