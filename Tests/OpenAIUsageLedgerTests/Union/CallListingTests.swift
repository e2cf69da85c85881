import OpenAIUsage
import OpenAIUsageTestSupport
import Synchronization
import Testing

@testable import OpenAIUsageLedger

@Suite("Calls of several ledgers")
struct CallListingTests {
    /// A ledger in memory that counts what it is asked for.
    private final class Source: LedgerSource {
        let name: String
        let records: [CallRecord]
        let largest = Mutex(0)

        init(_ name: String, _ records: [CallRecord]) {
            self.name = name
            self.records = records.sorted { $0.id < $1.id }
        }

        func report(_ request: ReportRequest) async throws -> MergeableReport { throw CancellationError() }
        func limits() async throws -> [LatestRateLimit] { [] }
        func formerCosts(of call: CallID) async throws -> [FormerCost] { [] }
        func tagNames() async throws -> [String] { [] }
        func identities(beginningWith prefix: String) async throws -> [String] { [] }
        func calls(matching identity: String) async throws -> CallPage {
            CallPage(ledger: nil, records: records.filter { $0.requestID == identity })
        }

        func page(_ request: CallsRequest) async throws -> CallPage {
            var found = records
            if let after = request.after { found = found.filter { $0.id > after } }
            if let before = request.before { found = found.filter { $0.id < before } }
            let limit = request.limit ?? .max
            largest.withLock { $0 = max($0, limit) }
            return CallPage(
                ledger: nil,
                records: Array(request.after == nil ? found.suffix(limit) : found.prefix(limit))
            )
        }
    }

    private static func listed(_ sources: [Source], _ request: CallsRequest) async throws -> [CallRecord] {
        var listing = try await LedgerUnion(sources).listing(request, now: .max - 1)
        var records: [CallRecord] = []
        while let record = try await listing.next() { records.append(record) }
        return records
    }

    @Test(
        "The latest calls of all ledgers come in order, each once, and pages stay small",
        arguments: [1, 50, 500, 501, 1_700, nil] as [Int?]
    )
    func order(limit: Int?) async throws {
        var generator = SplitMix64(seed: UInt64(limit ?? 0))
        let all = (0..<2_000).map { Records.plain($0) }
        var parts: [[CallRecord]] = [[], [], []]
        for record in all {
            // Some calls are in two ledgers.
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                let part = Int.random(in: 0..<3, using: &generator)
                if parts[part].last?.id != record.id { parts[part].append(record) }
            }
        }
        let sources = parts.enumerated().map { Source("\($0)", $1) }
        var request = CallsRequest()
        request.limit = limit
        let found = try await Self.listed(sources, request)
        #expect(found.map(\.id) == all.suffix(limit ?? .max).map(\.id))
        #expect(sources.allSatisfy { $0.largest.withLock { $0 } <= CallsRequest.pageSize })
        request.after = all[700].id
        request.limit = 3
        #expect(try await Self.listed(sources, request).map(\.id) == all[701...703].map(\.id))
    }

    @Test("Of a call that one ledger saw the start of and another the end, the end is listed")
    func halves() async throws {
        let ended = Records.plain(1)
        var open = ended
        open.outcome = .open
        for sources in [[Source("a", [open]), Source("b", [ended])], [Source("b", [ended]), Source("a", [open])]] {
            #expect(try await Self.listed(sources, CallsRequest()).map(\.outcome) == [.completed])
            #expect(try await LedgerUnion(sources).calls(matching: "req_1").map(\.outcome) == [.completed])
        }
    }

    @Test("A ledger that gives its calls out of order is told of, and not read forever")
    func disorder() async throws {
        struct Liar: LedgerSource {
            let name = "http://liar:1"
            func report(_ request: ReportRequest) async throws -> MergeableReport { throw CancellationError() }
            func limits() async throws -> [LatestRateLimit] { [] }
            func formerCosts(of call: CallID) async throws -> [FormerCost] { [] }
            func tagNames() async throws -> [String] { [] }
            func identities(beginningWith prefix: String) async throws -> [String] { [] }
            func calls(matching identity: String) async throws -> CallPage { CallPage(ledger: nil, records: []) }
            func page(_ request: CallsRequest) async throws -> CallPage {
                CallPage(ledger: nil, records: (0..<(request.limit ?? 0)).map { Records.plain($0) })
            }
        }
        var request = CallsRequest()
        request.limit = nil
        await #expect {
            var listing = try await LedgerUnion([Liar()]).listing(request, now: .max - 1)
            while try await listing.next() != nil {}
        } throws: {
            "\($0)".contains("http://liar:1")
        }
    }

    @Test("Former costs and runs come over a wire as they are; what is damaged is refused or is another list")
    func formerCosts() throws {
        var generator = SplitMix64(seed: 5)
        var known = CallCost(picoUSD: -7, status: .exact)
        known.priceVersion = "2026-11-23+0a1b"
        let costs = [
            FormerCost(repricedAt: Records.start, priceVersion: "2026-11-24", cost: known),
            FormerCost(repricedAt: .min, priceVersion: "", cost: CallCost(status: .unpriced)),
        ]
        let runs = (0..<3).map { number in
            RepriceHistoryEntry(
                startedAt: Records.start + Int64(number),
                priceVersion: "2026-11-24",
                oldVersions: Array(repeating: "2026-11-01", count: number),
                calls: 7,
                oldPicoUSD: Int128(Int64.max) * 2,
                newPicoUSD: -3
            )
        }
        #expect(FormerCost.list(FormerCost.bytes(costs)) == costs)
        #expect(RepriceHistoryEntry.list(RepriceHistoryEntry.bytes(runs)) == runs)
        // Any time is written without a trap.
        #expect(FormerCost.json(costs).contains("2026-11-24"))
        for _ in 0..<500 {
            for (bytes, isCosts) in [(FormerCost.bytes(costs), true), (RepriceHistoryEntry.bytes(runs), false)] {
                var changed = bytes
                let place = Int.random(in: 0..<changed.count, using: &generator)
                changed[place] = UInt8.random(in: 0...255, using: &generator)
                if generator.chance(30) { changed.removeLast(Int.random(in: 0..<changed.count, using: &generator)) }
                if isCosts {
                    _ = FormerCost.list(changed).map { FormerCost.json($0) }
                } else {
                    _ = RepriceHistoryEntry.list(changed).map { RepriceHistoryEntry.json($0) }
                }
            }
        }
        let many = FormerCost.bytes(Array(repeating: costs[0], count: 1_001))
        #expect(FormerCost.list(many) == nil)
        var hostile = costs[0]
        hostile.priceVersion = "\u{1b}[31mred"
        #expect(FormerCost.list(FormerCost.bytes([hostile]))?.first?.priceVersion == "[31mred")
    }

    @Test("A page comes over a wire as it is, whatever is in its calls; what is damaged is refused or is other calls")
    func wire() throws {
        var generator = SplitMix64(seed: 3)
        let records = (0..<50).map { Records.random($0, &generator) }
        let bytes = CallPage(ledger: "x", records: records).bytes
        let page = try #require(CallPage(bytes))
        #expect(page.ledger == "x")
        #expect(page.records.map(\.json) == records.map(\.json))
        for _ in 0..<200 {
            var changed = bytes
            changed[Int.random(in: 0..<changed.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            if generator.chance(50) { changed.removeLast(Int.random(in: 0..<changed.count, using: &generator)) }
            _ = CallPage(changed)?.records.map(\.json)
        }
        #expect(CallPage([]) == nil)
        #expect(MergeableReport([], of: ReportQuery(from: 0, to: 1)) == nil)
        #expect(LatestRateLimit.list([0xff, 0xff]) == nil)
    }
}
