import Foundation
import Testing

@testable import OpenAIUsage

struct EndpointTests {
    static let cases: [(method: String, path: String, name: String)] = [
        ("POST", "/v1/chat/completions", "chat.completions"),
        ("POST", "/v1/chat/completions?beta=true", "chat.completions"),
        ("POST", "/chat/completions", "chat.completions"),
        ("POST", "/api/v1/chat/completions", "chat.completions"),
        ("POST", "/openai/v1/chat/completions", "chat.completions"),
        ("POST", "/v1beta/openai/chat/completions", "chat.completions"),
        ("POST", "/openai/deployments/gpt4o-prod/chat/completions?api-version=2024-10-21", "chat.completions"),
        ("POST", "/openai/deployments/d/embeddings", "embeddings"),
        ("GET", "/v1/chat/completions/chatcmpl-1", "chat.completions.retrieve"),
        ("GET", "/v1/chat/completions/chatcmpl-1/messages", "chat.completions.messages.list"),
        ("POST", "/v1/responses/compact", "responses.compact"),
        ("POST", "/v1/responses/input_tokens", "responses.input_tokens"),
        ("GET", "/v1/responses/resp_1?stream=true", "responses.retrieve"),
        ("POST", "/v1/responses/resp_1/cancel", "responses.cancel"), ("GET", "/v1/responses", "responses.websocket"),
        ("POST", "/v1/images/edits", "images.edits"), ("POST", "/v1/videos/video_1/remix", "videos.remix"),
        ("GET", "/v1/realtime?model=x", "realtime.websocket"), ("POST", "/v1/threads/runs", "threads.create_and_run"),
        ("POST", "/v1/threads/t/runs/r/submit_tool_outputs", "threads.runs.submit_tool_outputs"),
        ("GET", "/v1/evals/e/runs/r/output_items/i", "evals.runs.output_items.retrieve"),
        ("GET", "/v1/agents/sessions/s/turns/t", "agents.sessions.turns.retrieve"),
        ("GET", "/v1/agents/sessions/s/artifacts/a/b", "agents.sessions.other"),
        ("GET", "/v1/organization/usage/completions?start_time=1", "organization.usage.completions"),
        ("GET", "/v1/organization/users/u", "organization.other"), ("HEAD", "/v1/models", "models.list"),
        ("GET", "/v1/audio/voices", "audio.voices"), ("DELETE", "/v1/audio/voices/v", "audio.voices"),
        ("GET", "/v1/organization/usage/made_up", "organization.other"),
        ("PUT", "/v1/chat/completions", "other"), ("GET", "/", "other"), ("GET", "", "other"),
        ("POST", "/v1/chat", "other"), ("POST", "/v1/chat/completions/x/y/z", "other"), ("POST", "/v1", "other"),
        ("POST", "/v2/nothing", "other"), ("POST", "//v1//embeddings/", "embeddings"),
    ]

    @Test(arguments: cases)
    func `A method and a path name an endpoint`(method: String, path: String, name: String) {
        #expect(Endpoint(method: method, path: path).name == name)
    }

    @Test
    func `No entry of the catalog hides another`() {
        for entry in EndpointCatalog.standard.entries {
            for method in entry.methods.split(separator: " ") {
                let path =
                    "/v1/"
                    + entry.path.split(separator: "/").map { $0 == "*" || $0 == "**" ? "x_1" : $0 }
                    .joined(separator: "/")
                #expect(Endpoint(method: String(method), path: path).name == entry.endpoint.name, "\(method) \(path)")
            }
        }
    }

    /// Calls of OpenAI-compatible providers, by the base URLs that they document.
    static let providers: [(call: String, name: String)] = {
        let file = Sample.folder.deletingLastPathComponent().appending(path: "paths.json")
        guard let data = try? Data(contentsOf: file),
            let rows = try? JSONSerialization.jsonObject(with: data) as? [[String: String]]
        else { fatalError("The paths cannot be read.") }
        return rows.map { ("\($0["method"] ?? "") \($0["path"] ?? "")", $0["endpoint"] ?? "") }
    }()

    @Test(arguments: providers)
    func `A provider's path is known by its end`(call: String, name: String) {
        let parts = call.split(separator: " ", maxSplits: 1)
        #expect(Endpoint(method: String(parts[0]), path: String(parts[1])).name == name)
    }

    @Test(arguments: [
        ("POST /v1/containers/c/files", "containers.files"), ("POST /v1/x/containers", "containers.create"),
        ("POST /v1/threads/t/runs", "threads.runs.create"), ("POST /v1/threads/t/files", "other"),
        ("POST /v1/organization/projects/p/files", "organization.other"), ("GET /v1/projects/p", "projects"),
        ("GET /api/v3/responses/resp_1", "responses.retrieve"),
        ("POST /api/v3/responses/resp_1/cancel", "responses.cancel"),
        ("GET /openai/realtime?api-version=1&deployment=d", "realtime.websocket"), ("GET /x/y/models", "models.list"),
        ("GET /v1/projects/p/locations/l/endpoints/e", "projects"), ("POST /v1/a/g/openai/videos", "videos.create"),
    ])
    func `A prefix hides no endpoint, and makes none of another`(call: String, name: String) {
        let parts = call.split(separator: " ", maxSplits: 1)
        #expect(Endpoint(method: String(parts[0]), path: String(parts[1])).name == name)
    }

    @Test
    func `What an organization has used is never metered`() {
        for entry in EndpointCatalog.standard.entries where entry.path.hasPrefix("organization") {
            #expect(entry.endpoint.family is FreeFamily && entry.endpoint.accounting == .never)
        }
    }

    static let accounts: [(call: String, accounting: Endpoint.Accounting)] = [
        ("POST /v1/chat/completions", .everyCall), ("GET /v1/chat/completions/c", .never),
        ("POST /v1/chat/completions/c", .never), ("POST /v1/completions", .everyCall),
        ("POST /v1/responses", .everyCall), ("POST /v1/responses/compact", .everyCall),
        ("GET /v1/responses/r", .onceByObject), ("POST /v1/responses/r/cancel", .onceByObject),
        ("DELETE /v1/responses/r", .never), ("GET /v1/responses/r/input_items", .never),
        ("POST /v1/responses/input_tokens", .never), ("POST /v1/decisions", .everyCall),
        ("POST /v1/embeddings", .everyCall), ("POST /v1/moderations", .everyCall), ("GET /v1/models/m", .never),
        ("POST /v1/images/generations", .everyCall), ("POST /v1/images/variations", .everyCall),
        ("POST /v1/audio/transcriptions", .everyCall), ("POST /v1/audio/translations", .everyCall),
        ("POST /v1/audio/speech", .everyCall), ("GET /v1/videos/v", .onceByObject), ("POST /v1/videos", .onceByObject),
        ("POST /v1/videos/v/remix", .onceByObject), ("GET /v1/videos/v/content", .never),
        ("POST /v1/realtime/client_secrets", .never), ("POST /v1/batches", .never), ("GET /v1/batches", .never),
        ("GET /v1/batches/b", .onceByObject), ("POST /v1/batches/b/cancel", .onceByObject),
        ("GET /v1/files/f/content", .onceByObject), ("POST /v1/files", .never),
        ("GET /v1/fine_tuning/jobs/j", .onceByObject), ("GET /v1/evals/e/runs/r", .onceByObject),
        ("GET /v1/evals/e/runs/r/output_items", .never), ("GET /v1/threads/t/runs/r", .onceByObject),
        ("GET /v1/threads/t/runs/r/steps", .never), ("GET /v1/threads/t/runs/r/steps/s", .never),
        ("GET /v1/agents/sessions/s", .never), ("GET /v1/agents/sessions/s/turns/t", .onceByObject),
        ("GET /v1/agents/sessions/s/events", .onceByObject), ("POST /v1/containers", .everyCall),
        ("POST /v1/vector_stores/v/search", .everyCall), ("GET /v1/vector_stores/v", .never),
        ("GET /v1/organization/usage/completions", .never), ("GET /v1/organization/costs", .never),
        ("GET /v1/made/up", .unknown),
    ]

    @Test(arguments: accounts)
    func `An endpoint says how often what it reports is counted`(call: String, accounting: Endpoint.Accounting) {
        let parts = call.split(separator: " ")
        #expect(Endpoint(method: String(parts[0]), path: String(parts[1])).accounting == accounting)
    }
}
