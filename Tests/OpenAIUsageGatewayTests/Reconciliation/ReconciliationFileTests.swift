import Foundation
import OpenAIUsageMetrics
import Synchronization
import Testing

@testable import OpenAIUsageGateway

@Suite("The result of a reconciliation")
struct ReconciliationFileTests {
    private static let text = """
        {"version":1,"reconciled_at":"2026-11-30T07:00:00Z","projects":[\
        {"project":"a","our_cost_usd":1,"their_cost_usd":2,"common_cost_usd":1,"drift_usd":1},\
        {"project":null,"our_cost_usd":3,"their_cost_usd":3,"common_cost_usd":3,"drift_usd":0}],\
        "report":{"from":"2026-11-29T00:00:00Z","to":"2026-11-30T00:00:00Z",\
        "causes":[{"cause":"not_through_us","cost_difference_usd":1,"meaning":"m"}],\
        "totals":{"ours":{"cost_usd":4},"theirs":{"cost_usd":5},"call_coverage_percent":50,\
        "token_coverage_percent":null,"cost_coverage_percent":80.5,"drift_percent":20}}}
        """

    @Test("Ratios, amounts and times are read exactly")
    func values() throws {
        let gauge = try ReconciliationResult(parsing: Self.text).gauge
        #expect(gauge.coverage == ["calls": 500_000_000_000, "cost": 805_000_000_000])
        #expect(gauge.drift == 200_000_000_000)
        #expect(gauge.cost.ours == 4_000_000_000_000 && gauge.cost.theirs == 5_000_000_000_000)
        #expect(gauge.differences == ["not_through_us": 1_000_000_000_000])
        #expect(gauge.projects["a"]?.theirs == 2_000_000_000_000)
        #expect(gauge.times.end - gauge.times.start == 86_400 && gauge.times.at - gauge.times.end == 7 * 3_600)
    }

    @Test(
        "Flawed text is rejected",
        arguments: [
            ("\"version\":1", "\"version\":2"), ("\"cost_usd\":4", "\"cost_usd\":\"4\""), ("not_through_us", "Not{}"),
            ("\"from\":\"2026", "\"from\":\"soon"), ("20}}}", "20}}"),
        ]
    )
    func flaws(_ part: String, _ replacement: String) {
        let text = Self.text.replacingOccurrences(of: part, with: replacement)
        #expect(throws: ReconciliationResult.Flaw.self) { try ReconciliationResult(parsing: text) }
    }

    @Test("A file is read when it has changed, and a flawed one is told once")
    func changes() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reconciliation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = folder.appending(path: "ledger.db.reconciliation.json")
        let told = Mutex<[String]>([])
        let file = ReconciliationFile(path: place.path) { text in told.withLock { $0.append(text) } }
        file.refreshBlocking()
        #expect(file.latest == nil)
        try Self.text.write(to: place, atomically: true, encoding: .utf8)
        file.refreshBlocking()
        #expect(file.latest?.gauge.times.end == 1_795_996_800)
        try "{".write(to: place, atomically: true, encoding: .utf8)
        for _ in 0..<3 { file.refreshBlocking() }
        // What was read before stays.
        #expect(file.latest != nil)
        #expect(told.withLock { $0.count } == 1)
        try FileManager.default.removeItem(at: place)
        file.refreshBlocking()
        #expect(file.latest == nil)
    }

    @Test("A file that could be the ledger by another name is not opened", arguments: [true, false])
    func links(isHard: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reconciliation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (place, other) = (folder.appending(path: "ledger.db.reconciliation.json"), folder.appending(path: "other"))
        try Self.text.write(to: other, atomically: true, encoding: .utf8)
        if isHard {
            try FileManager.default.linkItem(at: other, to: place)
        } else {
            try FileManager.default.createSymbolicLink(at: place, withDestinationURL: other)
        }
        let told = Mutex<[String]>([])
        let file = ReconciliationFile(path: place.path) { text in told.withLock { $0.append(text) } }
        for _ in 0..<2 { file.refreshBlocking() }
        #expect(file.latest == nil)
        #expect(told.withLock { $0.count } == 1)
        // It is used once it is a file of its own.
        try FileManager.default.removeItem(at: place)
        try FileManager.default.moveItem(at: other, to: place)
        file.refreshBlocking()
        #expect(file.latest != nil)
    }
}
