import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestSupport
import Testing

@Suite("Beginnings of identities")
struct IdentityPrefixTests {
    @Test("An identity is found by its beginning, and several are told apart")
    func prefixes() async throws {
        let folder = TemporaryFolder()
        let records = (0..<40).map { number in
            var record = Records.plain(number)
            record.requestID = "req_\(number % 2 == 0 ? "aaaa" : "bbbb")\(number)"
            record.responseID = number == 3 ? "chatcmpl-single" : nil
            return record
        }
        try await fill(folder, records)
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.identities(beginningWith: "req_aaaa38").identities == ["req_aaaa38"])
        #expect(
            try reader.identities(beginningWith: "req_aaaa3").identities == [
                "req_aaaa30", "req_aaaa32", "req_aaaa34", "req_aaaa36", "req_aaaa38",
            ]
        )
        #expect(try reader.identities(beginningWith: "chatcmpl-si").identities == ["chatcmpl-single"])
        #expect(try reader.identities(beginningWith: "req_").identities.isEmpty)
        #expect(try reader.identities(beginningWith: "req_cccc").identities.isEmpty)
        #expect(try reader.identities(beginningWith: "req_bbbb").identities.count == 20)
        let id = records[7].id.description
        #expect(try reader.identities(beginningWith: String(id.prefix(15))).identities.contains(id))
    }
}
