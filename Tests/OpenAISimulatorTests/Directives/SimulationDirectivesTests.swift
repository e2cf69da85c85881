import OpenAIUsageTestSupport
import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct SimulationDirectivesTests {
    @Test
    func nothing() throws {
        let directives = try SimulationDirectives([])
        #expect(directives == SimulationDirectives())
        #expect(!directives.injectsFailure)
        #expect(!directives.fails(attempt: 0))
        #expect(try SimulationDirectives(["", " ; ;", ";"]) == SimulationDirectives())
    }

    @Test
    func everyDirectiveIsRead() throws {
        let directives = try SimulationDirectives([
            """
            status=429; code=slow_down; fail-attempts=3; retry-after-ms=50; input-tokens=100; cached-tokens=10; \
            cache-write-tokens=20; output-tokens=30; reasoning-tokens=5; tier=flex; model=acme/m:1; no-usage=1; \
            usage-position=first; finish=incomplete; error-midstream=1; text-bytes=1000; chunks=4; line-end=crlf
            """,
            """
            delay-ms=1; chunk-delay-ms=2; processing-ms=3; id-number=9; split=4; cut-after-chunks=5; cut-after-bytes=6; hang=1; \
            close=1; early=1
            """,
        ])
        #expect(directives.status == 429)
        #expect(directives.code == "slow_down")
        #expect(directives.failAttempts == 3)
        #expect(directives.retryAfterMilliseconds == 50)
        #expect(directives.inputTokens == 100)
        #expect(directives.cachedTokens == 10)
        #expect(directives.cacheWriteTokens == 20)
        #expect(directives.outputTokens == 30)
        #expect(directives.reasoningTokens == 5)
        #expect(directives.tier == "flex")
        #expect(directives.model == "acme/m:1")
        #expect(directives.isWithoutUsage)
        #expect(directives.usagePosition == .first)
        #expect(directives.finish == .incomplete)
        #expect(directives.failsMidstream)
        #expect(directives.textBytes == 1000)
        #expect(directives.chunks == 4)
        #expect(directives.lineEnd == .crlf)
        #expect(directives.delayMilliseconds == 1)
        #expect(directives.chunkDelayMilliseconds == 2)
        #expect(directives.processingMilliseconds == 3)
        #expect(directives.idNumber == 9)
        #expect(directives.split == 4)
        #expect(directives.cutAfterChunks == 5)
        #expect(directives.cutAfterBytes == 6)
        #expect(directives.hangs)
        #expect(directives.closes)
        #expect(directives.answersEarly)
        #expect(try SimulationDirectives(["html=502"]).html == 502)
    }

    @Test(arguments: ["status=500;split=1", " status = 500 ;\tsplit\t=\t1 ", "split=1;;status=500;"])
    func blanksDoNotCount(_ value: String) throws {
        let directives = try SimulationDirectives([value])
        #expect(directives.status == 500)
        #expect(directives.split == 1)
    }

    struct Malformed: Sendable {
        var value: String
        var directive: String
        var problem: String
    }

    static let malformed = [
        Malformed(value: "status", directive: "status", problem: "name=value"),
        Malformed(value: "=5", directive: "", problem: "not a directive"),
        Malformed(value: "colour=red", directive: "colour", problem: "not a directive"),
        Malformed(value: "Status=500", directive: "Status", problem: "not a directive"),
        Malformed(value: "status=500; status=501", directive: "status", problem: "twice"),
        Malformed(value: "status=", directive: "status", problem: "400 to 599"),
        Malformed(value: "status=399", directive: "status", problem: "400 to 599"),
        Malformed(value: "status=600", directive: "status", problem: "not '600'"),
        Malformed(value: "status=4 4", directive: "status", problem: "not '4 4'"),
        Malformed(value: "status=+404", directive: "status", problem: "not '+404'"),
        Malformed(value: "status=0x190", directive: "status", problem: "not '0x190'"),
        Malformed(value: "chunks=0", directive: "chunks", problem: "1 to 1000000"),
        Malformed(value: "chunks=1000001", directive: "chunks", problem: "1 to 1000000"),
        Malformed(value: "split=0", directive: "split", problem: "1 to 1000000"),
        Malformed(value: "text-bytes=100000001", directive: "text-bytes", problem: "0 to 100000000"),
        Malformed(value: "input-tokens=-1", directive: "input-tokens", problem: "not '-1'"),
        Malformed(value: "input-tokens=99999999999999999999", directive: "input-tokens", problem: "whole number"),
        Malformed(value: "hang=yes", directive: "hang", problem: "1 or 0"),
        Malformed(value: "tier=", directive: "tier", problem: "empty"),
        Malformed(value: "code=oops", directive: "code", problem: "insufficient_quota"),
        Malformed(value: "finish=done", directive: "finish", problem: "completed, incomplete, failed"),
        Malformed(value: "line-end=lfcr", directive: "line-end", problem: "lf, crlf, cr"),
        Malformed(value: "usage-position=middle", directive: "usage-position", problem: "first, last"),
        Malformed(value: "html=502; status=500", directive: "html", problem: "excludes"),
        Malformed(value: "html=502; code=slow_down", directive: "html", problem: "excludes"),
        Malformed(value: "fail-attempts=1", directive: "fail-attempts", problem: "needs status"),
        Malformed(value: "early=1", directive: "early", problem: "needs status"),
        Malformed(
            value: "input-tokens=10; cached-tokens=6; cache-write-tokens=5",
            directive: "input-tokens",
            problem: "less than"
        ),
        Malformed(
            value: "output-tokens=10; reasoning-tokens=11",
            directive: "output-tokens",
            problem: "less than"
        ),
    ]

    @Test(arguments: malformed)
    func malformedDirectives(_ testCase: Malformed) {
        let error = #expect(throws: DirectiveError.self) { try SimulationDirectives([testCase.value]) }
        #expect(error?.directive == testCase.directive)
        #expect(error?.problem.contains(testCase.problem) == true)
        #expect(error?.description.hasPrefix("OpenAI-Simulate: \(testCase.directive): ") == true)
    }

    @Test(arguments: malformed)
    func malformedDirectivesAreAnswered(_ testCase: Malformed) async throws {
        let response = try await answer(to: .chat(simulate: testCase.value))
        #expect(response.status == 400)
        let error = try response.json()["error"]
        #expect(error["code"].string == "invalid_simulation")
        #expect(error["param"].string == testCase.directive)
        #expect(error["message"].string?.contains(testCase.problem) == true)
    }

    @Test
    func aFailedChatIsRefused() async throws {
        let response = try await answer(to: .chat(simulate: "finish=failed"))
        #expect(response.status == 400)
        #expect(try response.json()["error"]["param"].string == "finish")
    }

    @Test
    func flagsCanBeOff() throws {
        let directives = try SimulationDirectives(["hang=0; close=0; no-usage=0; error-midstream=0; early=0"])
        #expect(directives == SimulationDirectives())
    }

    @Test
    func theTableIsAManual() {
        let names = Directive.all.map(\.name)
        #expect(Set(names).count == names.count)
        for directive in Directive.all {
            #expect(directive.name.allSatisfy { $0.isLowercase || $0 == "-" })
            #expect(!directive.values.isEmpty)
            #expect(directive.summary.hasSuffix("."))
        }
        let documented: Set<String> = [
            "status", "code", "html", "fail-attempts", "retry-after-ms", "input-tokens", "cached-tokens",
            "cache-write-tokens", "output-tokens", "reasoning-tokens", "tier", "model", "no-usage", "usage-position",
            "finish", "error-midstream", "text-bytes", "chunks", "line-end", "delay-ms", "chunk-delay-ms",
            "processing-ms", "id-number", "split", "cut-after-chunks", "cut-after-bytes", "hang", "close", "early",
            "bill-after-fetches", "bill-cached-tokens", "bill-context", "bill-later-s", "bill-line-item",
            "bill-output-tokens", "bill-price-percent", "bill-restate-after", "bill-searches", "bill-tier",
        ]
        #expect(Set(names) == documented)
    }

    @Test
    func attempts() throws {
        let directives = try SimulationDirectives(["status=500; fail-attempts=2"])
        #expect(directives.fails(attempt: 0))
        #expect(directives.fails(attempt: 1))
        #expect(!directives.fails(attempt: 2))
        #expect(try SimulationDirectives(["status=500"]).fails(attempt: 99))
        #expect(try !SimulationDirectives(["status=500; fail-attempts=0"]).fails(attempt: 0))
    }

    @Test
    func randomHeadersNeverCrash() {
        let seed: UInt64 = 0x0a11_ce
        var random = SplitMix64(seed: seed)
        let names = Directive.all.map(\.name) + ["x", ""]
        let pieces = ["=", ";", " ", "1", "0", "-5", "999999999999999999999", "first", "é", "\"", "500", "slow_down"]
        var accepted = 0
        for _ in 0..<3000 {
            var value = ""
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                value += Bool.random(using: &random) ? names.randomElement(using: &random) ?? "" : ""
                value += pieces.randomElement(using: &random) ?? ""
            }
            if (try? SimulationDirectives([value])) != nil { accepted += 1 }
        }
        #expect(accepted > 0 && accepted < 3000, "seed \(seed)")
    }
}
