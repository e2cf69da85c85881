import NIOCore
import OpenAIUsage

@testable import OpenAIUsageGateway

/// A call in which everything happens at random that can happen, and which is then brought to its end by sides that do
/// what they are asked for.
struct StreamWalk<Source: RandomNumberGenerator> {
    private var random: Source
    let shell: StreamShell
    private let plan: StreamPlan
    /// What is left of the request, and of the response of the connection that the call has.
    private var request: ByteBuffer
    private var response = ByteBuffer()
    private var responseNumber = -1
    private var closesBehind = false

    init?(_ source: Source, traces: Bool = false) {
        random = source
        guard let plan = StreamPlan(using: &random) else { return nil }
        self.plan = plan
        request = plan.body
        shell = StreamShell(plan.request, rules: plan.rules, usage: plan.usage)
        shell.traces = traces
        shell.observer.asksForStream = plan.asksForStream
        shell.connectsAtOnce = plan.connectsAtOnce
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    /// Walks to the end.
    mutating func run() {
        shell.start()
        let steps = chance(50) ? Int.random(in: 0..<30, using: &random) : Int.random(in: 30..<300, using: &random)
        for _ in 0..<steps where !shell.isFinished { step() }
        settle()
        check()
    }

    private mutating func step() {
        prepareResponse()
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<18: sendRequest(isAll: chance(5))
        case 18..<50: respond(isAll: chance(3))
        case 50..<58: connect()
        case 58..<63: shell.setClientWritable(false)
        case 63..<70: shell.setClientWritable(true)
        case 70..<74: shell.setUpstreamWritable(false)
        case 74..<80: shell.setUpstreamWritable(true)
        case 80..<88: shell.commit()
        case 88..<95: shell.wait(milliseconds: Int64.random(in: 0...60, using: &random))
        case 95: if chance(60) { shell.wait(milliseconds: Int64.random(in: 100...6_000, using: &random)) }
        case 96: if chance(50) { shell.endClient() } else { shell.closeClient(mayDrain: chance(80)) }
        case 97: if chance(60) { shell.closeUpstream(chance(80) ? .closed : .malformed("x")) }
        case 98: if chance(10) { shell.sayGoodbye() } else { shell.message("{}") }
        default: if chance(5) { shell.abort() }
        }
    }

    private mutating func sendRequest(isAll: Bool) {
        guard shell.readsClient, shell.isAttached, request.readableBytes > 0 else { return }
        let count = isAll ? request.readableBytes : min(request.readableBytes, Int.random(in: 1...12, using: &random))
        if let bytes = request.readSlice(length: count) { shell.sendRequest(bytes) }
    }

    private mutating func respond(isAll: Bool) {
        guard let connection = shell.upstream, connection.isReading, !connection.isClosed else { return }
        guard response.readableBytes > 0 else {
            if closesBehind { shell.closeUpstream() }
            return
        }
        let count = isAll ? response.readableBytes : min(response.readableBytes, Int.random(in: 1...40, using: &random))
        if let bytes = response.readSlice(length: count) { shell.respond(bytes) }
    }

    private mutating func connect() {
        guard shell.waitsForConnection != nil else { return }
        if chance(8) {
            shell.failConnect(chance(50) ? .unreachable("x") : .connectTimeout)
        } else {
            shell.connect(isReused: chance(50))
        }
    }

    /// Every connection has a response of its own.
    private mutating func prepareResponse() {
        guard shell.upstream != nil, responseNumber != shell.past.count else { return }
        responseNumber = shell.past.count
        response = plan.response(using: &random)
        closesBehind = chance(50)
    }

    /// Both sides do what is left for them to do, without a limit of time being needed.
    private mutating func settle() {
        for _ in 0..<400 where !shell.isFinished {
            let events = shell.events
            prepareResponse()
            shell.setClientWritable(true)
            shell.setUpstreamWritable(true)
            if shell.waitsForConnection != nil { shell.connect(isReused: false) }
            prepareResponse()
            sendRequest(isAll: true)
            respond(isAll: true)
            shell.commit()
            if shell.events == events {
                // Nothing is left but what is due at once, and an upstream or a client that has nothing more to say.
                if shell.deadlines.contains(where: { $0.deadline == .halfCloseGrace }) {
                    shell.wait(milliseconds: shell.rules.halfCloseGrace)
                } else if response.readableBytes == 0, shell.upstream?.isClosed == false,
                    shell.upstream?.isReading == true
                {
                    shell.closeUpstream()
                } else if shell.isAttached, !shell.isRequestWhole, request.readableBytes == 0 {
                    shell.closeClient()
                } else {
                    break
                }
            }
        }
        if !shell.isFinished {
            shell.fail(
                "the call has no end: reads client \(shell.readsClient), upstream \(shell.upstream?.isReading as Any), request left \(request.readableBytes), response left \(response.readableBytes)"
            )
        }
    }

    // MARK: - What holds at the end

    private func check() {
        guard shell.isFinished else { return }
        checkRequests()
        guard let head = shell.clientReading.head, !head.switchesProtocols,
            let connection = shell.past.last(where: { $0.head != nil }),
            // An answer of the gateway's own says so.
            !String(decoding: shell.clientReading.content, as: UTF8.self).contains(GatewayAnswer.errorType)
        else { return }
        let content = shell.clientReading.content
        let isWhole = shell.clientReading.isWhole
        if isWhole || content.isEmpty ? content == connection.content : connection.content.starts(with: content) {
            guard head.framing == connection.head?.framing, plan.usage == nil else { return }
            if !connection.raw.starts(with: shell.clientReading.raw) { shell.fail("the framing is another") }
            return
        }
        guard plan.usage != nil else {
            if content.isEmpty { return }
            return shell.fail("the client gets \(content.count) bytes that are not the upstream's")
        }
        let stripped = Self.stripped(connection.content)
        if !(isWhole ? stripped == content : stripped.starts(with: content)) {
            shell.fail("\(String(decoding: content, as: UTF8.self)) is not what is left of the response")
        }
    }

    /// Every connection got the request from its start, and if it is whole, all of it.
    private func checkRequests() {
        for connection in shell.past
        where connection.written.readableBytes > 0 && connection.head?.switchesProtocols != true {
            var written = connection.written
            var parser = RequestParser()
            guard case .head(let head) = parser.parse(&written) else {
                shell.fail("the upstream gets no request")
                continue
            }
            if connection.isTunnel { continue }
            var body = BodyReader(head.framing)
            var content: [UInt8] = []
            var index = 0
            let isWhole = written.withUnsafeReadableBytes { bytes -> Bool? in
                while true {
                    switch body.next(bytes, from: &index) {
                    case .payload(let range): content.append(contentsOf: bytes[range])
                    case .framing, .trailers: break
                    case .end: return index == bytes.count
                    case .needsMore: return false
                    case .failed: return nil
                    }
                }
            }
            guard let isWhole else {
                shell.fail("the upstream gets no body of HTTP")
                continue
            }
            let own = shell.requestContent
            if isWhole, shell.isRequestWhole ? content == own : false { continue }
            if !isWhole, own.starts(with: content) { continue }
            if plan.usage != nil, isWhole ? content == StreamPlan.asked : StreamPlan.asked.starts(with: content) {
                continue
            }
            shell.fail(
                "the upstream gets \(content.count) bytes that are not the client's \(own.count), whole: \(isWhole)"
            )
        }
    }

    private static func stripped(_ content: [UInt8]) -> [UInt8] {
        var stripper = UsageStripper()
        var output: [UInt8] = []
        content.withUnsafeBufferPointer { stripper.strip($0, into: &output) }
        stripper.finish(into: &output)
        return output
    }
}
