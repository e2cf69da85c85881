import Testing

@testable import OpenAISimulator

@Suite
struct ResponseStoreTests {
    private func response(_ seed: UInt64) -> StoredResponse {
        let hash = StableHash(seed: seed)
        let text = AnswerText(hash: hash)
        let generation = Generation(
            hash: hash,
            model: "m",
            tier: "default",
            usage: ReportedUsage(
                promptTokens: 1,
                textTokens: 2,
                reportsCacheWrites: false,
                directives: SimulationDirectives()
            ),
            text: text,
            finish: .completed,
            usageComesFirst: false
        )
        return StoredResponse(generation, request: .object([]))
    }

    @Test
    func theOldestIsForgotten() {
        let store = ResponseStore(capacity: 3)
        let responses = (1...5).map { response($0) }
        for response in responses { store.insert(response) }
        #expect(responses.map { store.response(id: $0.id) != nil } == [false, false, true, true, true])
    }

    @Test
    func theSameResponseIsKeptOnce() {
        let store = ResponseStore(capacity: 2)
        store.insert(response(1))
        for _ in 0..<5 { store.insert(response(2)) }
        #expect(store.response(id: response(1).id) != nil)
    }

    @Test
    func deleting() {
        let store = ResponseStore(capacity: 2)
        store.insert(response(1))
        #expect(store.remove(id: response(1).id))
        #expect(!store.remove(id: response(1).id))
        #expect(store.response(id: response(1).id) == nil)
        store.insert(response(1))
        #expect(store.response(id: response(1).id) != nil)
    }

    @Test
    func whatWasDeletedHasNoPlaceInTheOrder() {
        let store = ResponseStore(capacity: 2)
        store.insert(response(1))
        _ = store.remove(id: response(1).id)
        store.insert(response(1))
        store.insert(response(2))
        #expect(store.response(id: response(1).id) != nil)
        store.insert(response(3))
        #expect(store.response(id: response(1).id) == nil)
        #expect(store.response(id: response(2).id) != nil)
    }

    @Test
    func idsOfOneAnswerDiffer() {
        let response = response(1)
        let ids = [response.id, response.messageID, response.reasoningID].map { $0.split(separator: "_")[1].prefix(32) }
        #expect(Set(ids).count == 3)
    }
}
