import GRDB
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Look-up by identity")
struct CallLookupTests {
    /// An identity of Cloudflare's edge, which is not in the index beside that of a request.
    private static func edge(_ number: Int) -> String { "9a2b0000\(10_000_000 + number)-FRA" }

    private static func call(_ number: Int) -> CallRecord {
        var record = Records.plain(number)
        record.operationID = "op_\(number / 3)"
        record.attempt = number % 3
        record.clientRequestID = "client_\(number)"
        record.responseID = "resp_\(number)"
        record.edgeRequestID = edge(number)
        return record
    }

    @Test("Every identity finds its calls, wherever they are", arguments: [1, 7, 100, 16_384])
    func everywhere(flushThreshold: Int) async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = flushThreshold
        let ledger = try Ledger(path: folder.ledger, options: options)
        for number in 0..<300 {
            ledger.record(Self.call(number))
            if number % 10 == 0 { await ledger.flush() }
        }
        await ledger.close()
        let reader = try LedgerReader(path: folder.ledger)
        for number in stride(from: 0, to: 300, by: 3) {
            let call = Self.call(number)
            for identity in [
                "req_\(number)", "client_\(number)", "resp_\(number)", call.id.description, Self.edge(number),
            ] {
                #expect(try reader.calls(matching: identity) == [call], "\(identity)")
            }
            let attempts = (number..<(number + 3)).map(Self.call)
            #expect(try reader.calls(matching: "op_\(number / 3)") == attempts)
        }
        for identity in ["req_300", "", "0123456789abcdef-CDG", "req_", "0000000000000000", "ffffffffffffffff"] {
            #expect(try reader.calls(matching: identity).isEmpty, "\(identity)")
        }
    }

    @Test("What is flushed is found by the index, and what is not by a scan")
    func flushed() async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = 50
        let ledger = try Ledger(path: folder.ledger, options: options)
        func segments() throws -> Int {
            try LedgerReader(path: folder.ledger).read { database, _ in
                try Int.fetchOne(database, sql: "SELECT count(*) FROM segment") ?? 0
            }
        }
        // The writer flushes when it has nothing else to do.
        var count = 0
        while try segments() < 2 && count < 2_000 {
            ledger.record(Self.call(count))
            await ledger.flush()
            count += 1
        }
        ledger.record(Self.call(count))
        await ledger.close()
        #expect(try segments() == 2)
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.calls(matching: "req_5") == [Self.call(5)])
        #expect(try reader.calls(matching: "req_\(count)") == [Self.call(count)])
    }

    @Test("A call that ends after those around it were flushed is found, before and after it is flushed itself")
    func late() async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = 20
        let ledger = try Ledger(path: folder.ledger, options: options)
        var open = Self.call(3)
        open.requestID = nil
        open.responseID = nil
        ledger.recordOpen(open)
        for number in 10..<60 { ledger.record(Self.call(number)) }
        await ledger.flush()
        ledger.record(Self.call(60))
        await ledger.flush()
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.calls(matching: "req_3").isEmpty)
        ledger.record(Self.call(3))
        ledger.record(Self.call(1))
        await ledger.flush()
        #expect(try reader.calls(matching: "req_3") == [Self.call(3)])
        #expect(try reader.calls(matching: "resp_1") == [Self.call(1)])
        for number in 61..<200 {
            ledger.record(Self.call(number))
            await ledger.flush()
        }
        #expect(try reader.calls(matching: "req_3") == [Self.call(3)])
        #expect(try reader.calls(matching: "client_1") == [Self.call(1)])
        await ledger.close()
        let late = try DatabaseQueue(path: folder.ledger).inDatabase {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM pending_call")
        }
        #expect(late == 0)
    }

    @Test("Random orders of ending, flushing and reopening lose no identity", arguments: [11, 12, 13] as [UInt64])
    func anyOrder(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = Int.random(in: 1...40, using: &generator)
        let numbers = (0..<300).shuffled(using: &generator)
        var rest = numbers[...]
        while !rest.isEmpty {
            let ledger = try Ledger(path: folder.ledger, options: options)
            for number in rest.prefix(75) {
                if generator.chance(30) { ledger.recordOpen(Self.call(number)) }
                if generator.chance(10) { await ledger.flush() }
                ledger.record(Self.call(number))
                if generator.chance(10) { await ledger.flush() }
            }
            rest = rest.dropFirst(75)
            await ledger.close()
        }
        let reader = try LedgerReader(path: folder.ledger)
        for number in numbers {
            #expect(try reader.calls(matching: "req_\(number)") == [Self.call(number)], "seed \(seed)")
        }
    }
}
