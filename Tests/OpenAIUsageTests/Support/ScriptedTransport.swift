import HTTPTypes
import OpenAIUsage
import OpenAIUsageTesting

extension ScriptedTransport.Answer {
    static func response(_ status: Int, _ fields: [(name: String, value: String)], _ body: Body) -> Self {
        .response(ObservedCall.head(status, fields), body)
    }
}

extension Request {
    static func post(_ path: String, _ body: String, _ fields: [(name: String, value: String)] = []) -> Request {
        Request(
            head: HTTPRequest(
                method: .post,
                scheme: "https",
                authority: "api.openai.com",
                path: path,
                headerFields: ObservedCall.header([("content-type", "application/json")] + fields)
            ),
            body: Body(body)
        )
    }
}
