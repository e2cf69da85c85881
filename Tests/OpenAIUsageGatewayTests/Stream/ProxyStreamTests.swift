import NIOCore
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// The orders in which a call can end, one by one.
struct ProxyStreamTests {
    /// Something that happens to a call.
    enum Step: Sendable {
        case body, end, connect, reuse, refuseConnection, head, content, responseEnd, closed, clientEnd, clientGone,
            commit
        case clientBlocked, clientTakes, upstreamBlocked, upstreamTakes, abort
        case time(Int64)
    }

    struct Order: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
        let ending: TransportEnd
        /// What becomes of the client's connection; `nil` for one that has gone.
        let fate: ClientConnectionFate?
        var status: Int?

        init(
            _ name: String,
            _ steps: [Step],
            _ ending: TransportEnd,
            _ fate: ClientConnectionFate?,
            _ status: Int? = nil
        ) {
            testDescription = name
            self.steps = steps
            self.ending = ending
            self.fate = fate
            self.status = status
        }
    }

    private static func rules(_ change: (inout StreamRules) -> Void = { _ in }) -> StreamRules {
        var rules = StreamRules()
        change(&rules)
        return rules
    }

    /// A call whose request has a body of four bytes.
    private static func shell(
        _ fields: [(String, String)] = [],
        rules: StreamRules = rules(),
        isStream: Bool = false
    ) throws -> StreamShell {
        let shell = StreamShell(
            try Heads.request([("Content-Length", "4")] + fields, path: "/v1/x"),
            rules: rules
        )
        shell.traces = true
        shell.observer.asksForStream = isStream
        shell.start()
        return shell
    }

    private static func take(_ step: Step, _ shell: StreamShell) {
        switch step {
        case .body: shell.sendRequest(ByteBuffer(string: "qq"))
        case .end: shell.sendRequest(ByteBuffer(string: String("qqqq".dropFirst(shell.requestContent.count))))
        case .connect: shell.connect(isReused: false)
        case .reuse: shell.connect(isReused: true)
        case .refuseConnection: shell.failConnect(.unreachable("x"))
        case .head: shell.respond(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"))
        case .content: shell.respond(ByteBuffer(string: "rr"))
        case .responseEnd:
            shell.respond(ByteBuffer(string: String("rrrr".dropFirst(shell.upstream?.content.count ?? 0))))
        case .closed: shell.closeUpstream()
        case .clientEnd: shell.endClient()
        case .clientGone: shell.closeClient()
        case .commit: shell.commit()
        case .clientBlocked: shell.setClientWritable(false)
        case .clientTakes: shell.setClientWritable(true)
        case .upstreamBlocked: shell.setUpstreamWritable(false)
        case .upstreamTakes: shell.setUpstreamWritable(true)
        case .abort: shell.abort()
        case .time(let milliseconds): shell.wait(milliseconds: milliseconds)
        }
    }

    private static let cases = [
        Order("a plain call", [.connect, .end, .head, .responseEnd, .commit], .completed, .keep, 200),
        Order("a connection that comes late", [.end, .connect, .head, .responseEnd, .commit], .completed, .keep, 200),
        Order(
            "a response before the request is whole",
            [.connect, .body, .head, .responseEnd, .commit],
            .completed,
            .linger,
            200
        ),
        Order(
            "the request ends while the response waits for its record",
            [.connect, .body, .head, .responseEnd, .end, .commit],
            .completed,
            .keep,
            200
        ),
        Order("no connection", [.end, .refuseConnection, .commit], .unreachable, .keep, 502),
        Order("no connection within the request", [.body, .refuseConnection, .commit], .unreachable, .linger, 502),
        Order("closed before the response", [.connect, .end, .closed, .commit], .unanswered, .keep, 502),
        Order("closed within the request", [.connect, .body, .closed, .commit], .unanswered, .linger, 502),
        Order("closed within the response", [.connect, .end, .head, .content, .closed], .cut, .cut, 200),
        Order("closed within an early response", [.connect, .body, .head, .content, .closed], .cut, .cut, 200),
        Order(
            "closed behind the response",
            [.connect, .end, .head, .responseEnd, .closed, .commit],
            .completed,
            .keep,
            200
        ),
        Order("the record is late", [.connect, .end, .head, .responseEnd, .time(50)], .completed, .keep, 200),
        Order("the client goes at once", [.clientGone], .clientDisconnected, nil),
        Order("the client goes within its request", [.connect, .body, .clientGone], .clientDisconnected, nil),
        Order("the client goes before there is a connection", [.end, .clientGone], .clientDisconnected, nil),
        Order(
            "the client goes before the response",
            [.connect, .end, .clientGone, .head, .responseEnd],
            .clientDisconnected,
            nil
        ),
        Order(
            "the client goes within the response",
            [.connect, .end, .head, .content, .clientGone, .responseEnd],
            .clientDisconnected,
            nil
        ),
        Order(
            "the client goes, then the upstream",
            [.connect, .end, .head, .clientGone, .closed],
            .clientDisconnected,
            nil
        ),
        Order(
            "the client goes before the response, then the upstream",
            [.connect, .end, .clientGone, .closed],
            .clientDisconnected,
            nil
        ),
        Order(
            "the client goes within its request and the response",
            [.connect, .body, .head, .clientGone],
            .clientDisconnected,
            nil
        ),
        Order(
            "the client goes while the end waits for its record",
            [.connect, .end, .head, .responseEnd, .clientGone],
            .completed,
            nil
        ),
        Order(
            "the client goes while an error waits for its record",
            [.end, .refuseConnection, .clientGone],
            .unreachable,
            nil
        ),
        Order(
            "the client has nothing more to say",
            [.connect, .end, .clientEnd, .head, .responseEnd, .time(10), .commit],
            .completed,
            .close,
            200
        ),
        Order(
            "the client ends its side within the response",
            [.connect, .end, .head, .content, .clientEnd, .responseEnd, .time(10), .commit],
            .completed,
            .close,
            200
        ),
        Order(
            "the client ends its side and turns out to have gone",
            [.connect, .end, .head, .content, .clientEnd, .responseEnd, .clientGone],
            .clientDisconnected,
            nil
        ),
        Order(
            "the client ends its side, the upstream is closed",
            [.connect, .end, .clientEnd, .closed, .commit],
            .unanswered,
            .close,
            502
        ),
        Order(
            "the client sends no more of its request",
            [.connect, .body, .time(60_000), .commit],
            .completed,
            .linger,
            408
        ),
        Order("the upstream does not answer", [.connect, .end, .time(600_000), .commit], .timeout, .keep, 504),
        Order("the upstream falls silent", [.connect, .end, .head, .content, .time(600_000)], .timeout, .cut, 200),
        Order(
            "the client takes nothing",
            [.connect, .end, .head, .time(1_000), .clientBlocked, .content, .time(120_000)],
            .clientDisconnected,
            .reset,
            200
        ),
        Order("the gateway ends", [.connect, .end, .head, .content, .abort], .cut, nil, 200),
        Order(
            "a pooled connection was closed",
            [.reuse, .end, .closed, .connect, .head, .responseEnd, .commit],
            .completed,
            .keep,
            200
        ),
        Order(
            "a pooled connection was closed within the request",
            [.reuse, .body, .closed, .connect, .end, .head, .responseEnd, .commit],
            .completed,
            .keep,
            200
        ),
        Order(
            "the fresh connection is closed too",
            [.reuse, .end, .closed, .connect, .closed, .commit],
            .unanswered,
            .keep,
            502
        ),
        Order(
            "the fresh connection cannot be made",
            [.reuse, .end, .closed, .refuseConnection, .commit],
            .unreachable,
            .keep,
            502
        ),
        Order("a pooled connection is closed within the response", [.reuse, .end, .head, .closed], .cut, .cut, 200),
        Order(
            "the client goes, then the pooled connection",
            [.reuse, .end, .clientGone, .closed],
            .clientDisconnected,
            nil
        ),
    ]

    @Test(arguments: cases)
    func orders(_ order: Order) throws {
        let shell = try Self.shell()
        for step in order.steps {
            #expect(!shell.isFinished, "\(shell.trace.joined(separator: "\n"))")
            Self.take(step, shell)
        }
        let trace = Comment(rawValue: shell.trace.joined(separator: "\n"))
        #expect(shell.violations.isEmpty, trace)
        #expect(shell.isFinished, trace)
        #expect(shell.records.first.map { "\($0.ending)" } == "\(order.ending)", trace)
        #expect(shell.fate == order.fate, trace)
        if order.status != nil { #expect(shell.clientReading.head?.status == order.status, trace) }
    }

    // MARK: - What is not left to the orders

    @Test func anUpstreamThatTakesTheRequestSlowlyIsNotSilent() throws {
        let shell = try Self.shell(rules: Self.rules { $0.responseTimeout = 1_000 })
        for step in [Step.connect, .body, .upstreamBlocked, .time(900), .upstreamTakes, .upstreamBlocked, .time(900)] {
            Self.take(step, shell)
        }
        #expect(shell.records.isEmpty)
        for step in [Step.upstreamTakes, .end, .head, .responseEnd, .commit] { Self.take(step, shell) }
        #expect(shell.fate == .keep && shell.violations.isEmpty)
    }

    @Test func aClientThatWasNotListenedToIsNotSilent() throws {
        let shell = try Self.shell(rules: Self.rules { $0.requestBodyTimeout = 1_000 })
        for step in [Step.connect, .body, .upstreamBlocked, .time(2_500), .upstreamTakes, .time(900)] {
            Self.take(step, shell)
        }
        #expect(shell.records.isEmpty)
        Self.take(.time(200), shell)
        #expect(shell.notes.contains(.refused(code: "request_timeout")) && shell.violations.isEmpty)
    }

    @Test func anUpstreamThatWasNotReadIsNotSilent() throws {
        let shell = try Self.shell(rules: Self.rules { $0.responseTimeout = 1_000 })
        for step in [Step.connect, .end, .head, .clientBlocked, .time(5_000), .clientTakes, .time(900)] {
            Self.take(step, shell)
        }
        #expect(shell.records.isEmpty)
        for step in [Step.responseEnd, .commit] { Self.take(step, shell) }
        #expect(shell.fate == .keep && shell.violations.isEmpty)
    }

    @Test func aConnectionIsNotReadForAClientThatTakesNothingYet() throws {
        let shell = try Self.shell()
        for step in [Step.clientBlocked, .end, .connect] { Self.take(step, shell) }
        #expect(shell.upstream?.isReading == false)
        Self.take(.clientTakes, shell)
        #expect(shell.upstream?.isReading == true)
    }

    @Test(arguments: ["HTTP/1.1 2", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n"])
    func nothingIsReplayedOnceAnythingHasComeOfAResponse(_ start: String) throws {
        let shell = try Self.shell()
        for step in [Step.reuse, .end] { Self.take(step, shell) }
        shell.respond(ByteBuffer(string: start))
        for step in [Step.closed, .commit] { Self.take(step, shell) }
        #expect(shell.replays == 0 && shell.records.first?.code == "upstream_closed" && shell.violations.isEmpty)
    }

    @Test(arguments: [(0, 1), (900, 1), (1_100, 0), (9_000, 0)])
    func aConnectionThatClosesLateHasHadTheRequest(_ milliseconds: Int64, _ replays: Int) throws {
        let shell = try Self.shell()
        for step in [Step.reuse, .end, .time(milliseconds), .closed, .commit] { Self.take(step, shell) }
        #expect(shell.replays == replays && shell.violations.isEmpty)
        if replays == 0 { #expect(shell.records.first?.code == "upstream_closed") }
    }

    @Test func nothingIsReplayedForAClientThatMayBeGone() throws {
        let shell = try Self.shell()
        for step in [Step.reuse, .end] { Self.take(step, shell) }
        shell.endClient()
        for step in [Step.closed, .commit] { Self.take(step, shell) }
        #expect(shell.replays == 0 && shell.violations.isEmpty)
    }

    @Test func aRequestThatIsNotHeldAnyMoreIsNotReplayed() throws {
        let shell = StreamShell(try Heads.request([("Content-Length", "300000")], path: "/v1/x"))
        shell.start()
        shell.connect(isReused: true)
        for _ in 0..<3 { shell.sendRequest(ByteBuffer(repeating: 0x71, count: 100_000)) }
        shell.closeUpstream()
        #expect(shell.replays == 0 && shell.records.first?.code == "upstream_closed")
    }

    @Test(arguments: ["204 No Content\r\n", "304 Not Modified\r\n", "200 OK\r\nContent-Length: 0\r\n"])
    func aResponseThatIsAHeadOnlyWaitsForItsRecord(_ head: String) throws {
        let shell = try Self.shell()
        for step in [Step.connect, .end] { Self.take(step, shell) }
        shell.respond(ByteBuffer(string: "HTTP/1.1 \(head)\r\n"))
        #expect(shell.clientReading.head == nil && shell.records.count == 1)
        Self.take(.commit, shell)
        #expect(shell.clientReading.isWhole && shell.fate == .keep && shell.violations.isEmpty)
    }

    @Test func aRequestThatBreaksBehindItsAnswerIsNotAnsweredTwice() throws {
        let shell = StreamShell(try Heads.request([("Transfer-Encoding", "chunked")], path: "/v1/x"))
        shell.start()
        shell.failConnect(.unreachable("x"))
        shell.sendRequest(ByteBuffer(string: "zz\r\n"))
        shell.commit()
        #expect(shell.clientReading.head?.status == 502 && shell.fate == .linger && shell.violations.isEmpty)
    }

    @Test func aClientThatEndsItsSideBehindALateRequestGetsItsAnswer() throws {
        let shell = try Self.shell(rules: Self.rules { $0.requestBodyTimeout = 1_000 })
        for step in [Step.connect, .body, .time(1_000), .end, .clientEnd, .commit] { Self.take(step, shell) }
        #expect(shell.clientReading.head?.status == 408 && shell.isFinished && shell.violations.isEmpty)
    }

    @Test func aStreamThatDoesNotEndIsReadOnForATimeOnlyThoughItsRecordIsMade() throws {
        let shell = try Self.shell(rules: Self.rules { $0.waitsForCommit = false }, isStream: true)
        for step in [Step.connect, .end] { Self.take(step, shell) }
        shell.respond(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: [DONE]\n\n"))
        Self.take(.clientGone, shell)
        #expect(shell.records.first.map { "\($0.ending)" } == "completed" && !shell.isFinished)
        Self.take(.time(5_000), shell)
        #expect(shell.isFinished && shell.violations.isEmpty)
    }

    @Test func anInterimCommitDoesNotReleaseTheEndForAClientThatEndedItsSide() throws {
        let shell = try Self.shell(isStream: true)
        for step in [Step.connect, .end, .clientEnd] { Self.take(step, shell) }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        shell.respond(ByteBuffer(string: head + "e\r\ndata: [DONE]\n\n\r\n"))
        #expect(shell.interimRecords == 1 && shell.pendingCommits.count == 1)
        shell.respond(ByteBuffer(string: "0\r\n\r\n"))
        Self.take(.commit, shell)
        #expect(!shell.clientReading.isTerminated && shell.records.isEmpty)
        for step in [Step.time(10), .commit] { Self.take(step, shell) }
        #expect(shell.clientReading.isWhole && shell.fate == .close && shell.violations.isEmpty)
    }

    @Test func whatIsReadOnHasABoundWhateverItIs() throws {
        for mayDrain in [true, false] {
            let shell = try Self.shell(rules: Self.rules { $0.disconnectBytes = 1_000 })
            for step in [Step.connect, .end] { Self.take(step, shell) }
            shell.respond(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"))
            shell.closeClient(mayDrain: mayDrain)
            #expect(shell.isFinished == !mayDrain)
            shell.respond(ByteBuffer(repeating: 0x72, count: 1_001))
            #expect(shell.isFinished && shell.violations.isEmpty)
        }
    }

    @Test func aPlainResponseIsAwaitedForTwoMinutesBehindItsClient() throws {
        let shell = try Self.shell()
        for step in [Step.connect, .end] { Self.take(step, shell) }
        shell.closeClient(mayDrain: true)
        Self.take(.time(119_000), shell)
        #expect(!shell.isFinished)
        Self.take(.time(2_000), shell)
        #expect(shell.isFinished && shell.violations.isEmpty)
    }

    @Test func aWebSocketIsARowWithWhatItsServerSaid() throws {
        for says in [true, false] {
            let head = try Heads.request(
                [("Connection", "Upgrade"), ("Upgrade", "websocket")],
                method: "GET",
                path: "/v1/realtime"
            )
            let shell = StreamShell(head)
            shell.start()
            shell.connect(isReused: false)
            shell.respond(
                ByteBuffer(
                    string: "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                )
            )
            shell.sendRequest(ByteBuffer(string: "client"))
            shell.respond(ByteBuffer(string: "server"))
            shell.message("{}")
            if says { shell.sayGoodbye() }
            shell.closeUpstream()
            #expect(shell.observer.messages == ["{}"] && shell.fate == .close && shell.violations.isEmpty)
            #expect(shell.records.first.map { "\($0.ending)" } == (says ? "completed" : "cut"))
        }
    }
}
