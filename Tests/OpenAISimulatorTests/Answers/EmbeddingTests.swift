import Foundation
import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct EmbeddingTests {
    private static func request(_ members: String, model: String = "text-embedding-3-small") -> TestRequest {
        .create("/v1/embeddings", members, model: model)
    }

    @Test
    func everyByteOfNumbers() async throws {
        let response = try await answer(to: EmbeddingTests.request(#""input":["a","b"],"dimensions":3"#))
        #expect(
            response.text == """
                {
                  "object": "list",
                  "data": [
                    {
                      "object": "embedding",
                      "index": 0,
                      "embedding": [
                        -0.05786041,
                        -0.02051113,
                        0.040858414
                      ]
                    },
                    {
                      "object": "embedding",
                      "index": 1,
                      "embedding": [
                        0.074331243,
                        -0.00866800,
                        -0.08687974
                      ]
                    }
                  ],
                  "model": "text-embedding-3-small",
                  "usage": {
                    "prompt_tokens": 2,
                    "total_tokens": 2
                  }
                }

                """
        )
    }

    @Test(arguments: [
        ("text-embedding-3-small", 1536), ("text-embedding-3-large", 3072), ("text-embedding-ada-002", 1536),
    ])
    func theModelsDimensions(model: String, dimensions: Int) async throws {
        let response = try await answer(to: EmbeddingTests.request(#""input":"hello""#, model: model))
        let json = try response.json()
        #expect(json["model"].string == model)
        #expect(json["data"].count == 1)
        #expect(json["data"][0]["embedding"].count == dimensions)
        let component = try #require(json["data"][0]["embedding"][7].double)
        #expect(abs(component) < 0.1)
    }

    @Test(arguments: [1, 2, 3, 4, 1536])
    func base64(dimensions: Int) async throws {
        let members = #""input":["a","b"],"encoding_format":"base64","dimensions":\#(dimensions)"#
        let json = try await answer(to: EmbeddingTests.request(members)).json()
        #expect(json["data"].count == 2)
        for index in 0..<2 {
            let text = try #require(json["data"][index]["embedding"].string)
            let data = try #require(Data(base64Encoded: text))
            #expect(data.count == dimensions * 4)
            let numbers = data.withUnsafeBytes { bytes in
                (0..<dimensions).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
            }
            #expect(numbers.allSatisfy { abs($0) <= 0.1 })
            #expect(Set(numbers).count > dimensions / 2)
        }
    }

    @Test(arguments: [
        (#""input":"abcde""#, 1, 2),
        (#""input":["abcd","abcd","a"]"#, 3, 3),
        (#""input":[1,2,3]"#, 1, 3),
        (#""input":[[1,2,3],[4]]"#, 2, 4),
        (#""input":[]"#, 0, 0),
    ])
    func inputs(members: String, vectors: Int, tokens: Int) async throws {
        let json = try await answer(to: EmbeddingTests.request(members + #","dimensions":2"#)).json()
        #expect(json["data"].count == vectors)
        #expect(json["usage"]["prompt_tokens"].int == tokens)
        #expect(json["usage"]["total_tokens"].int == tokens)
        #expect(json["usage"].keys == ["prompt_tokens", "total_tokens"])
    }

    @Test
    func manyInputs() async throws {
        let input = (0..<300).map { "\"\($0)\"" }.joined(separator: ",")
        let response = try await answer(to: EmbeddingTests.request("\"input\":[\(input)],\"dimensions\":32"))
        #expect(response.isComplete)
        #expect(response["content-length"] == "\(response.body.count)")
        let json = try response.json()
        #expect(json["data"].count == 300)
        #expect(json["data"][299]["index"].int == 299)
        #expect(json["data"][299]["embedding"].count == 32)
    }

    @Test
    func usageMayStandFirst() async throws {
        let request = EmbeddingTests.request(#""input":"a","dimensions":2"#)
            .adding("OpenAI-Simulate", "usage-position=first")
        let response = try await answer(to: request)
        let usage = try #require(response.text.firstRange(of: "\"usage\""))
        let data = try #require(response.text.firstRange(of: "\"data\""))
        #expect(usage.lowerBound < data.lowerBound)
        #expect(try response.json().keys == ["object", "data", "model", "usage"])
    }

    @Test(arguments: [#""dimensions":4"#, #""input":"a","dimensions":0"#, #""input":"a","dimensions":"3""#])
    func invalid(_ members: String) async throws {
        let response = try await answer(to: EmbeddingTests.request(members))
        #expect(response.status == 400)
        #expect(try response.json()["error"]["param"].string == (members.contains("input") ? "dimensions" : "input"))
    }
}
