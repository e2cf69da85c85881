import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct ModelTests {
    @Test
    func theList() async throws {
        let json = try await answer(to: .plain("GET", "/v1/models")).json()
        #expect(json["object"].string == "list")
        let count = try #require(json["data"].count)
        let names = (0..<count).compactMap { json["data"][$0]["id"].string }
        #expect(names == names.sorted())
        #expect(Set(names).isSuperset(of: ["gpt-4o-mini", "gpt-4o-mini-2024-07-18", "gpt-6-luna", "o4-mini"]))
        #expect(Set(names).count == count)
        for index in 0..<count {
            #expect(json["data"][index].keys == ["id", "object", "created", "owned_by"])
            #expect(json["data"][index]["object"].string == "model")
        }
    }

    @Test
    func oneModel() async throws {
        let json = try await answer(to: .plain("GET", "/v1/models/gpt-4o")).json()
        #expect(json["id"].string == "gpt-4o")
        #expect(json["owned_by"].string == "system")
        let tuned = try await answer(to: .plain("GET", "/v1/models/ft:gpt-4.1-mini-2025-04-14:acme:triage:B1")).json()
        #expect(tuned["id"].string == "ft:gpt-4.1-mini-2025-04-14:acme:triage:B1")
        #expect(tuned["owned_by"].string == "acme")
    }

    @Test
    func anUnknownModel() async throws {
        let response = try await answer(to: .plain("GET", "/v1/models/gpt-7"))
        #expect(response.status == 404)
        #expect(try response.json()["error"]["code"].string == "model_not_found")
    }

    @Test
    func moderation() async throws {
        let request = TestRequest(path: "/v1/moderations", body: #"{"input":["a","b"]}"#)
        let json = try await answer(to: request).json()
        #expect(json["id"].string?.wholeMatch(of: #/modr-[0-9a-f]{20}/#) != nil)
        #expect(json["model"].string == "omni-moderation-latest")
        #expect(json["results"].count == 2)
        let result = json["results"][0]
        #expect(result["flagged"].bool == false)
        #expect(result["categories"].keys == result["category_scores"].keys)
        #expect(result["categories"].keys == result["category_applied_input_types"].keys)
        #expect(result["categories"].keys.contains("self-harm/intent"))
        #expect(!json["usage"].exists)
    }

    @Test
    func theCatalog() {
        #expect(ModelCatalog.model(named: "gpt-6.1-sol")?.reportsCacheWrites == true)
        #expect(ModelCatalog.model(named: "gpt-6.1-sol")?.priorityTier == "fast")
        #expect(ModelCatalog.model(named: "gpt-5.6-sol")?.priorityTier == "priority")
        #expect(ModelCatalog.model(named: "gpt-5.1")?.reportsCacheWrites == false)
        #expect(ModelCatalog.model(named: "text-embedding-3-large")?.dimensions == 3072)
        #expect(ModelCatalog.model(named: "") == nil)
        #expect(ModelCatalog.model(named: "ft:") == nil)
        #expect(ModelCatalog.model(named: "ft::acme") == nil)
        for model in ModelCatalog.listed {
            let served = ModelCatalog.model(named: model.servedName)
            #expect(served?.servedName == model.servedName, "a snapshot answers with its own name: \(model.name)")
        }
    }
}
