import NIOCore
import OpenAIUsage

@testable import OpenAIUsageGateway

/// The shell of a ``ProxyStream`` without a network: tells it what connections would tell, carries out what it decides,
/// and keeps what it did wrong.
///
/// Bytes of both sides are read as the connections read them, so that no event comes that could not.
final class StreamShell {
    /// The connection to the upstream that the call has.
    struct Upstream {
        let isReused: Bool
        var isReading = true
        var isWritable = true
        /// True once the connection has ended by itself.
        var isClosed = false
        var written = ByteBuffer()
        var received = 0
        var buffer = ByteBuffer()
        var parser = ResponseParser()
        var head: ResponseHead?
        var body = BodyReader(.none, of: .response)
        /// Content of the response, and its bytes as they came.
        var content: [UInt8] = []
        var raw: [UInt8] = []
        var isWhole = false
        var isTunnel = false
        var trailers: ByteBuffer?
    }

    let observer = WatchedObserver()
    let rules: StreamRules
    let request: RequestHead
    private(set) var stream: ProxyStream<WatchedObserver>
    var now: Int64 = 1_000_000_000

    // The client's side.
    private(set) var clientReading = ResponseReading()
    private(set) var isClientHere = true
    private(set) var hasClientEnded = false
    private(set) var isClientBlocked = false
    private(set) var readsClient = true
    private(set) var fate: ClientConnectionFate?
    private(set) var isRequestWhole = false
    private(set) var hasRequestFailed = false
    private(set) var requestContent: [UInt8] = []
    private(set) var requestRaw: [UInt8] = []
    private var requestBody: BodyReader
    private var requestTrailers: ByteBuffer?
    private var isTunnel = false

    // The upstream's side.
    private(set) var upstream: Upstream?
    private(set) var past: [Upstream] = []
    /// True while a connection is waited for, and if it must be a fresh one.
    private(set) var waitsForConnection: Bool?
    /// The connection that is there at once when one is asked for; `nil` to wait for one.
    var connectsAtOnce: Bool?

    // What was done.
    private(set) var records: [(ending: TransportEnd, code: String?, generation: Int?)] = []
    private(set) var interimRecords = 0
    private(set) var finishes = 0
    private(set) var notes: [StreamNote] = []
    private(set) var replays = 0
    private(set) var pendingCommits: [Int] = []
    private(set) var deadlines: [(deadline: StreamDeadline, at: Int64)] = []
    private(set) var events = 0
    private(set) var violations: [String] = []
    private(set) var trace: [String] = []
    var traces = false
    /// True once the gateway ends the call, and the client's connection behind it.
    private var isAborting = false

    private var awaited = 0
    private var released: Set<Int> = []
    private var terminalGeneration: Int?
    private var upstreamSince: Int64
    private var clientSince: Int64
    private var actions: [StreamAction] = []
    private var isActing = false

    var isFinished: Bool { finishes > 0 }
    /// True if the client is told of what happens to its connection, and the call of what the client does.
    var isAttached: Bool { isClientHere && fate == nil && !isFinished }

    init(_ request: RequestHead, rules: StreamRules = StreamRules(), usage: UsageRequests? = nil) {
        self.request = request
        self.rules = rules
        let path = request.pathText
        requestBody = BodyReader(request.framing)
        stream = ProxyStream(
            request: request,
            observer: observer,
            target: .init(upstream: Self.target, route: RequestRoute(authority: "up", prefix: "")),
            transformer: RequestTransformer(
                request: request,
                path: path,
                endpoint: Endpoint(method: request.methodName, path: path),
                includesUsage: usage != nil,
                requests: usage ?? UsageRequests(upstream: "up", bound: 1 << 20)
            ),
            rules: rules,
            isLastCall: false,
            at: now
        )
        upstreamSince = now
        clientSince = now
    }

    private static let target = {
        guard let upstream = OpenAIUsageGateway.Upstream("http://up") else { preconditionFailure("an address") }
        return upstream
    }()

    func start() {
        stream.start(&actions)
        act()
        readRequest(ByteBuffer())
    }

    func refuse(_ error: WireError) {
        stream.refuse(error, &actions)
        act()
    }

    func handle(_ event: StreamEvent) {
        events += 1
        if traces { trace.append("> \(Self.text(event))") }
        observer.instant = now
        stream.handle(event, at: now, &actions)
        act()
    }

    func fail(_ text: String) {
        violations.append(text)
        if traces { trace.append("! \(text)") }
    }

    // MARK: - The client

    /// Bytes of the request's body, and of what follows it.
    func sendRequest(_ bytes: ByteBuffer) {
        guard isAttached else { return }
        clientSince = now
        if isTunnel { return handle(.clientData(bytes)) }
        readRequest(bytes)
    }

    private func readRequest(_ bytes: ByteBuffer) {
        guard isAttached, !isRequestWhole, !hasRequestFailed else { return }
        var index = 0
        var end: Int?
        var failure: WireError?
        reading: while true {
            switch bytes.withUnsafeReadableBytes({ requestBody.next($0, from: &index) }) {
            case .payload(let range):
                guard let slice = bytes.getSlice(at: bytes.readerIndex + range.lowerBound, length: range.count) else {
                    break
                }
                slice.withUnsafeReadableBytes { requestContent.append(contentsOf: $0) }
                handle(.requestContent(slice))
            case .framing: break
            case .trailers(let range):
                guard let slice = bytes.getSlice(at: bytes.readerIndex + range.lowerBound, length: range.count) else {
                    break
                }
                if requestTrailers == nil {
                    requestTrailers = slice
                } else {
                    requestTrailers?.writeImmutableBuffer(slice)
                }
            case .end(let position):
                end = position
                break reading
            case .needsMore: break reading
            case .failed(let error):
                failure = error
                break reading
            }
        }
        guard isAttached else { return }
        if let failure {
            hasRequestFailed = true
            return handle(.requestFailed(failure))
        }
        let length = end ?? bytes.readableBytes
        if length > 0, let slice = bytes.getSlice(at: bytes.readerIndex, length: length) {
            slice.withUnsafeReadableBytes { requestRaw.append(contentsOf: $0) }
            handle(.requestBytes(slice))
        }
        guard isAttached, end != nil else { return }
        isRequestWhole = true
        handle(.requestEnd(trailers: requestTrailers))
    }

    /// The client ends its side.
    func endClient() {
        guard isAttached, !hasClientEnded else { return }
        hasClientEnded = true
        // Within a request, or behind a change of protocol, the connection closes.
        guard isRequestWhole, !isTunnel else { return closeClient() }
        handle(.clientEnded)
    }

    func closeClient(mayDrain: Bool = true) {
        guard isAttached else { return }
        isClientHere = false
        handle(.clientClosed(mayDrain: mayDrain))
    }

    func setClientWritable(_ isWritable: Bool) {
        guard isAttached, isClientBlocked == isWritable else { return }
        isClientBlocked = !isWritable
        if isWritable { upstreamSince = now }
        handle(.clientWritable(isWritable))
    }

    // MARK: - The upstream

    func connect(isReused: Bool) {
        guard let isFresh = waitsForConnection else { return }
        if let upstream { past.append(upstream) }
        waitsForConnection = nil
        upstream = Upstream(isReused: isReused && !isFresh)
        upstreamSince = now
        handle(.connected(isReused: isReused && !isFresh))
    }

    func failConnect(_ failure: UpstreamFailure) {
        guard waitsForConnection != nil else { return }
        waitsForConnection = nil
        handle(.connectFailed(failure))
    }

    /// Bytes of the response, read as ``UpstreamConnection`` reads them.
    func respond(_ bytes: ByteBuffer) {
        guard var connection = upstream, !connection.isClosed else { return }
        connection.received += bytes.readableBytes
        if connection.isTunnel { return handle(.upstreamData(bytes)) }
        connection.buffer.writeImmutableBuffer(bytes)
        upstream = connection
        let number = past.count
        reading: while upstream != nil, past.count == number, upstream?.isWhole == false {
            if upstream?.head != nil {
                readResponseBody(number)
                break
            }
            guard let step = upstream?.read(request.method) else { break }
            switch step {
            case .needsMore: break reading
            case .failed(let error): return closeUpstream(.malformed(error.message))
            case .head(let head):
                if head.switchesProtocols {
                    upstream?.isTunnel = true
                } else if !head.isInterim {
                    upstream?.head = head
                    upstream?.body = BodyReader(head.framing, of: .response)
                }
                upstreamSince = now
                handle(.responseHead(head))
                if upstream?.isTunnel == true, let rest = upstream?.buffer, rest.readableBytes > 0 {
                    handle(.upstreamData(rest))
                    break reading
                }
            }
        }
        if upstream != nil, past.count == number { handle(.responseReadComplete) }
    }

    private func readResponseBody(_ number: Int) {
        guard let buffer = upstream?.buffer else { return }
        var index = 0
        var end: Int?
        reading: while true {
            guard let step = upstream?.next(buffer, &index) else { return }
            switch step {
            case .payload(let range):
                guard let slice = buffer.getSlice(at: buffer.readerIndex + range.lowerBound, length: range.count) else {
                    break
                }
                slice.withUnsafeReadableBytes { upstream?.content.append(contentsOf: $0) }
                upstreamSince = now
                handle(.responseContent(slice))
                if upstream == nil || past.count != number { return }
            case .framing: break
            case .trailers(let range):
                upstream?.addTrailers(buffer.getSlice(at: buffer.readerIndex + range.lowerBound, length: range.count))
            case .end(let position):
                end = position
                break reading
            case .needsMore: break reading
            case .failed(let error):
                if index > 0, let slice = buffer.getSlice(at: buffer.readerIndex, length: index) {
                    slice.withUnsafeReadableBytes { upstream?.raw.append(contentsOf: $0) }
                    handle(.responseBytes(slice, isLast: false))
                }
                return closeUpstream(.malformed(error.message))
            }
        }
        let length = end ?? buffer.readableBytes
        upstream?.buffer.moveReaderIndex(forwardBy: length)
        if length > 0, let slice = buffer.getSlice(at: buffer.readerIndex, length: length) {
            slice.withUnsafeReadableBytes { upstream?.raw.append(contentsOf: $0) }
            handle(.responseBytes(slice, isLast: end != nil))
        }
        guard end != nil, upstream != nil, past.count == number else { return }
        upstream?.isWhole = true
        handle(.responseEnd(trailers: upstream?.trailers))
    }

    func closeUpstream(_ failure: UpstreamFailure = .closed) {
        guard var connection = upstream, !connection.isClosed else { return }
        connection.isClosed = true
        let isWhole = connection.head != nil && failure == .closed && connection.body.close()
        if isWhole { connection.isWhole = true }
        upstream = connection
        upstreamSince = now
        if isWhole {
            handle(.responseEnd(trailers: nil))
        } else {
            let isWithinHead = connection.head == nil && connection.buffer.readableBytes > 0
            handle(.upstreamClosed(failure == .closed && isWithinHead ? .closedWithin : failure))
        }
    }

    func setUpstreamWritable(_ isWritable: Bool) {
        guard let connection = upstream, !connection.isClosed, connection.isWritable != isWritable else { return }
        upstream?.isWritable = isWritable
        if isWritable {
            upstreamSince = now
            clientSince = now
        }
        handle(.upstreamWritable(isWritable))
    }

    func message(_ text: String) {
        guard upstream?.isTunnel == true else { return }
        handle(.message(ByteBuffer(string: text)))
    }

    func sayGoodbye() {
        guard upstream?.isTunnel == true else { return }
        handle(.sessionClosed)
    }

    // MARK: - Everything else

    /// The record of the oldest word that is waited for is kept.
    func commit() {
        guard !pendingCommits.isEmpty else { return }
        let generation = pendingCommits.removeFirst()
        released.insert(generation)
        handle(.committed(generation: generation))
    }

    /// Lets time pass, with every deadline in it.
    func wait(milliseconds: Int64) {
        let end = now + milliseconds * 1_000_000
        while let index = deadlines.indices.filter({ deadlines[$0].at <= end }).min(by: {
            deadlines[$0].at < deadlines[$1].at
        }),
            !isFinished
        {
            let next = deadlines.remove(at: index)
            now = max(now, next.at)
            if case .commit(let generation) = next.deadline { released.insert(generation) }
            handle(.deadline(next.deadline))
        }
        now = max(now, end)
    }

    func abort() {
        isAborting = true
        handle(.abort)
        if isClientHere, fate == nil, !isTunnel, clientReading.head?.framing == .untilClose {
            fail("aborted where nobody sees it")
        }
        isClientHere = false
    }

    // MARK: - Actions

    private func act() {
        guard !isActing else { return }
        isActing = true
        var index = 0
        while index < actions.count {
            perform(actions[index])
            index += 1
        }
        actions.removeAll(keepingCapacity: true)
        isActing = false
        checkReading()
    }

    private func perform(_ action: StreamAction) {
        if traces { trace.append("  \(Self.text(action))") }
        if isFinished { fail("\(Self.text(action)) behind the end") }
        switch action {
        case .connect(let isFresh):
            if waitsForConnection != nil { fail("two connections asked for") }
            if let upstream, !upstream.isClosed { fail("a connection asked for beside another") }
            if isFresh { checkReplay() }
            waitsForConnection = isFresh
            if let connectsAtOnce { connect(isReused: connectsAtOnce) }
        case .cancelConnect:
            if waitsForConnection == nil { fail("nothing to cancel") }
            waitsForConnection = nil
        case .writeUpstream(let bytes):
            if upstream == nil || upstream?.isClosed == true { fail("written to no connection") }
            upstream?.written.writeImmutableBuffer(bytes)
        case .releaseUpstream(let isReusable):
            guard let connection = upstream else { return fail("released twice") }
            if isReusable, connection.written.readableBytes > 0, !(connection.isWhole && isRequestWhole) {
                fail("given back within a call")
            }
            past.append(connection)
            upstream = nil
        case .writeClient(let bytes): write(bytes)
        case .completeResponse(let fate): complete(fate)
        case .readClient(let isWanted):
            readsClient = isWanted
            if isWanted { clientSince = now }
        case .readUpstream(let isWanted):
            upstream?.isReading = isWanted
            if isWanted { upstreamSince = now }
        case .beginTunnel: isTunnel = true
        case .recordInFlight(let generation):
            interimRecords += 1
            if !records.isEmpty { fail("an interim record behind the final one") }
            if let generation { expectCommit(generation) }
        case .record(let ending, _, let code, let generation):
            if !records.isEmpty { fail("two records") }
            records.append((ending, code, generation))
            if let generation { expectCommit(generation) }
            if case .timeout = ending, code != "upstream_connect_timeout",
                now - upstreamSince < rules.responseTimeout * 1_000_000
            {
                fail("the upstream was given \((now - upstreamSince) / 1_000_000) ms only")
            }
        case .arm(let deadline, let milliseconds): deadlines.append((deadline, now + milliseconds * 1_000_000))
        case .note(let note):
            notes.append(note)
            if note == .refused(code: "request_timeout"), now - clientSince < rules.requestBodyTimeout * 1_000_000 {
                fail("the client was given \((now - clientSince) / 1_000_000) ms only")
            }
        case .finish: finish()
        }
    }

    private func expectCommit(_ generation: Int) {
        awaited = generation
        pendingCommits.append(generation)
    }

    private func checkReplay() {
        replays += 1
        if replays > 1 { fail("replayed twice") }
        guard let upstream, upstream.isReused, upstream.isClosed else { return fail("replayed without a reason") }
        if upstream.received > 0 { fail("replayed though bytes of a response had come") }
    }

    /// A connection whose client takes nothing is not read.
    private func checkReading() {
        guard let upstream, !upstream.isClosed, isAttached, isClientBlocked else { return }
        if upstream.isReading { fail("read for a client that takes nothing") }
    }

    // MARK: - What the client gets

    private func write(_ bytes: ByteBuffer) {
        guard isClientHere else { return fail("written to no client") }
        if fate != nil { return fail("written behind the response") }
        if isTunnel { return }
        if observer.isTerminated, terminalGeneration == nil { terminalGeneration = awaited }
        clientReading.receive(bytes, request.method)
        if let fault = clientReading.fault { fail("the client gets no HTTP: \(fault.message)") }
        if clientReading.head?.switchesProtocols == true { isTunnel = true }
        guard rules.waitsForCommit, !isTunnel else { return }
        if clientReading.isWhole { checkCommitted("the end") }
        if clientReading.isTerminated, !released.contains(where: { $0 > 0 }) {
            fail("the last event before its record")
        }
    }

    private func checkCommitted(_ what: String) {
        guard let record = records.first else { return fail("\(what) before its record") }
        guard let generation = record.generation else { return fail("\(what) without a record that is waited for") }
        if !released.contains(generation) { fail("\(what) before its record is kept") }
    }

    private func complete(_ fate: ClientConnectionFate) {
        if self.fate != nil { fail("completed twice") }
        if !isClientHere { fail("completed without a client") }
        self.fate = fate
        guard !isTunnel else { return }
        switch fate {
        case .keep:
            if !isRequestWhole { fail("kept within a request") }
            if !clientReading.isWhole { fail("kept within a response") }
            if !request.keepsAlive || hasClientEnded { fail("kept though the client does not stay") }
        case .close, .linger:
            let isUntilClose = clientReading.head?.framing == .untilClose
            if !clientReading.isWhole, !isUntilClose, !(hasClientEnded && observer.isTerminated) {
                fail("closed as if the response were whole")
            }
            if isUntilClose, rules.waitsForCommit, !(hasClientEnded && observer.isTerminated) {
                checkCommitted("the end")
            }
        case .cut:
            if clientReading.isWhole { fail("cut behind a whole response") }
            if clientReading.head?.framing == .untilClose { fail("cut where nobody sees it") }
        case .reset: break
        }
    }

    private func finish() {
        finishes += 1
        if finishes > 1 { fail("finished twice") }
        if records.count != 1 { fail("\(records.count) records at the end") }
        if let upstream, !upstream.isClosed { fail("a connection is left") }
        if waitsForConnection != nil { fail("a connection is still asked for") }
        if isClientHere, fate == nil, !isAborting { fail("a client is left") }
        if let upstream { past.append(upstream) }
        upstream = nil
        if case .completed? = records.first?.ending, observer.status.map({ $0 != 101 }) ?? false,
            let last = past.last, last.head != nil, !hasClientEnded, isClientHere, !isAborting,
            observer.content != last.content
        {
            fail("\(observer.content.count) bytes observed of \(last.content.count)")
        }
    }

    // MARK: - Text

    private static func text(_ event: StreamEvent) -> String {
        switch event {
        case .requestBytes(let bytes): "requestBytes(\(bytes.readableBytes))"
        case .requestContent(let bytes): "requestContent(\(bytes.readableBytes))"
        case .responseHead(let head): "responseHead(\(head.status) \(head.framing))"
        case .responseContent(let bytes): "responseContent(\(String(buffer: bytes).prefix(40)))"
        case .responseBytes(let bytes, let isLast): "responseBytes(\(bytes.readableBytes), \(isLast))"
        default: "\(event)".split(separator: "\n").first.map { String($0.prefix(80)) } ?? ""
        }
    }

    private static func text(_ action: StreamAction) -> String {
        switch action {
        case .writeUpstream(let bytes): "writeUpstream(\(bytes.readableBytes))"
        case .writeClient(let bytes): "writeClient(\(String(buffer: bytes).prefix(60).debugDescription))"
        default: "\(action)"
        }
    }
}

extension StreamShell.Upstream {
    fileprivate mutating func read(_ method: RequestMethod) -> ResponseParser.Step {
        parser.parse(&buffer, answering: method)
    }

    fileprivate mutating func next(_ bytes: ByteBuffer, _ index: inout Int) -> BodyReader.Step {
        bytes.withUnsafeReadableBytes { body.next($0, from: &index) }
    }

    fileprivate mutating func addTrailers(_ slice: ByteBuffer?) {
        guard let slice else { return }
        if trailers == nil { trailers = slice } else { trailers?.writeImmutableBuffer(slice) }
    }
}
