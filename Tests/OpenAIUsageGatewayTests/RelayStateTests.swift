import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

struct RelayStateTests {
    /// What can happen to a call, each at most once.
    enum Event: Int, CaseIterable, Sendable {
        case requestEnd, connecting, connected, responseStart, responseEnd, delivered, clientClosed, upstreamClosed
    }

    /// What a call was told to do.
    enum Action: Equatable, Sendable {
        case keep, close, nothing, abort, drain, respond, cut, end, refuse

        /// Whether the call ends with it, without a response from the upstream.
        var isTerminal: Bool {
            switch self {
            case .abort, .respond, .cut, .end: true
            case .keep, .close, .nothing, .drain, .refuse: false
            }
        }
    }

    /// Feeds an event as ``ProxiedCall`` does; `nil` for an event that asks for nothing.
    static func feed(_ event: Event, _ state: inout RelayState) -> Action? {
        switch event {
        case .requestEnd: state.requestEnded()
        case .connecting: state.connecting()
        case .connected: return state.connected() ? nil : .refuse
        case .responseStart: state.responseStarted()
        case .responseEnd: state.responseEnded()
        case .delivered:
            return switch state.delivered() {
            case .keep: .keep
            case .close: .close
            }
        case .clientClosed:
            return switch state.clientClosed() {
            case .nothing: .nothing
            case .abort: .abort
            case .drain: .drain
            }
        case .upstreamClosed:
            return switch state.upstreamClosed() {
            case .nothing: .nothing
            case .respond: .respond
            case .cut: .cut
            case .end: .end
            }
        }
        return nil
    }

    @Test(arguments: [true, false])
    func noOrderOfAllEventsHasTwoTerminalActions(keepsAlive: Bool) {
        var count = 0
        var failures: [[Event]] = []
        func permute(_ events: [Event], _ rest: [Event]) {
            guard rest.isEmpty else {
                for (index, event) in rest.enumerated() {
                    var others = rest
                    others.remove(at: index)
                    permute(events + [event], others)
                }
                return
            }
            count += 1
            var state = RelayState(keepsAlive: keepsAlive)
            var actions: [Action] = []
            for event in events {
                if let action = Self.feed(event, &state) { actions.append(action) }
            }
            let terminal = actions.filter(\.isTerminal).count
            let answers = actions.filter { $0 == .respond || $0 == .cut }.count
            let isAnsweredWithoutClient =
                answers > 0
                && (events.firstIndex(of: .clientClosed) ?? 0) < (events.firstIndex(of: .upstreamClosed) ?? 0)
            if terminal > 1 || isAnsweredWithoutClient || state.hasClient { failures.append(events) }
        }
        permute([], Event.allCases)
        #expect(count == 40_320)
        #expect(failures.isEmpty, "\(failures.prefix(3))")
    }

    /// Walks through every order that can occur, in which nothing comes from a connection that was let go.
    @Test(arguments: [true, false])
    func everyOrderThatCanOccurEndsTheCallOnce(keepsAlive: Bool) {
        struct Walk {
            var events: [Event] = []
            var state: RelayState
            var endings: [String] = []
            var hasUpstream = false
            var isAnswered = false
        }
        var leaves = 0
        var failures: [String] = []

        func possible(_ walk: Walk) -> [Event] {
            let seen = Set(walk.events)
            return Event.allCases.filter { event in
                guard !seen.contains(event) else { return false }
                switch event {
                case .requestEnd: return walk.state.hasClient && !walk.state.isDelivered
                case .connecting: return walk.state.hasClient && walk.endings.isEmpty
                case .connected: return walk.hasUpstream && !seen.contains(.upstreamClosed)
                case .responseStart: return walk.hasUpstream && seen.contains(.connected)
                case .responseEnd: return walk.hasUpstream && seen.contains(.responseStart)
                case .delivered: return walk.state.hasClient && (walk.isAnswered || seen.contains(.responseEnd))
                case .clientClosed: return !walk.state.isDelivered && !walk.endings.contains("cut")
                case .upstreamClosed: return walk.hasUpstream
                }
            }
        }

        func step(_ walk: Walk) {
            let next = possible(walk)
            if next.isEmpty {
                leaves += 1
                let isSettled =
                    !walk.endings.isEmpty || walk.events.contains(.responseEnd) || walk.state.isDelivered
                if walk.endings.count > 1 || !isSettled { failures.append("\(walk.events) \(walk.endings)") }
                return
            }
            for event in next {
                var walk = walk
                walk.events.append(event)
                if event == .connecting { walk.hasUpstream = true }
                let action = Self.feed(event, &walk.state)
                if event == .responseEnd || event == .upstreamClosed { walk.hasUpstream = false }
                switch action {
                case .abort, .end, .cut:
                    walk.endings.append(action.map { "\($0)" } ?? "")
                    walk.hasUpstream = false
                case .respond:
                    walk.endings.append("respond")
                    walk.isAnswered = true
                case .refuse: failures.append("\(walk.events) refused")
                case .nothing where event == .upstreamClosed: failures.append("\(walk.events) ignored")
                default: break
                }
                step(walk)
            }
        }
        step(Walk(state: RelayState(keepsAlive: keepsAlive)))
        #expect(leaves == 59)
        #expect(failures.isEmpty, "\(failures.prefix(3))")
    }

    struct Order: Sendable, CustomTestStringConvertible {
        let name: String
        var keepsAlive = true
        let events: [Event]
        let actions: [Action]
        var testDescription: String { name }
    }

    @Test(arguments: [
        Order(
            name: "a plain call",
            events: [.connecting, .connected, .requestEnd, .responseStart, .responseEnd, .delivered],
            actions: [.keep]
        ),
        Order(
            name: "a plain call of a client that does not stay",
            keepsAlive: false,
            events: [.connecting, .connected, .requestEnd, .responseStart, .responseEnd, .delivered],
            actions: [.close]
        ),
        Order(
            name: "a collected request",
            events: [.requestEnd, .connecting, .connected, .responseStart, .responseEnd, .delivered],
            actions: [.keep]
        ),
        Order(
            name: "a response before the end of the request",
            events: [.connecting, .connected, .responseStart, .responseEnd, .delivered],
            actions: [.close]
        ),
        Order(
            name: "the request ends while the response waits for its commit",
            events: [.connecting, .connected, .responseStart, .responseEnd, .requestEnd, .delivered],
            actions: [.keep]
        ),
        Order(
            name: "no connection",
            events: [.requestEnd, .connecting, .upstreamClosed, .delivered],
            actions: [.respond, .keep]
        ),
        Order(
            name: "no connection, within the request",
            events: [.connecting, .upstreamClosed, .delivered],
            actions: [.respond, .close]
        ),
        Order(
            name: "closed before the response",
            events: [.connecting, .connected, .requestEnd, .upstreamClosed, .delivered],
            actions: [.respond, .keep]
        ),
        Order(
            name: "closed within the response",
            events: [.connecting, .connected, .requestEnd, .responseStart, .upstreamClosed],
            actions: [.cut]
        ),
        Order(
            name: "closed within an early response",
            events: [.connecting, .connected, .responseStart, .upstreamClosed],
            actions: [.cut]
        ),
        Order(name: "the client goes at once", events: [.clientClosed], actions: [.abort]),
        Order(
            name: "the client goes within its request",
            events: [.connecting, .connected, .clientClosed],
            actions: [.abort]
        ),
        Order(
            name: "the client goes while there is no connection",
            events: [.requestEnd, .connecting, .clientClosed, .connected],
            actions: [.abort, .refuse]
        ),
        Order(
            name: "the client goes before the response",
            events: [.requestEnd, .connecting, .connected, .clientClosed, .responseStart, .responseEnd],
            actions: [.drain]
        ),
        Order(
            name: "the client goes within the response",
            events: [.requestEnd, .connecting, .connected, .responseStart, .clientClosed, .responseEnd],
            actions: [.drain]
        ),
        Order(
            name: "the client goes, then the upstream",
            events: [.requestEnd, .connecting, .connected, .responseStart, .clientClosed, .upstreamClosed],
            actions: [.drain, .end]
        ),
        Order(
            name: "the client goes before the response, then the upstream",
            events: [.requestEnd, .connecting, .connected, .clientClosed, .upstreamClosed],
            actions: [.drain, .end]
        ),
        Order(
            name: "the client goes within its request and within the response",
            events: [.connecting, .connected, .responseStart, .clientClosed, .upstreamClosed],
            actions: [.abort, .nothing]
        ),
        Order(
            name: "the client goes while the end waits for its commit",
            events: [.requestEnd, .connecting, .connected, .responseStart, .responseEnd, .clientClosed],
            actions: [.nothing]
        ),
        Order(
            name: "the client goes while an error waits for its commit",
            events: [.requestEnd, .connecting, .upstreamClosed, .clientClosed],
            actions: [.respond, .nothing]
        ),
        Order(
            name: "the client goes behind its response",
            events: [.requestEnd, .connecting, .connected, .responseStart, .responseEnd, .delivered, .clientClosed],
            actions: [.keep, .nothing]
        ),
    ])
    func importantOrders(_ order: Order) {
        var state = RelayState(keepsAlive: order.keepsAlive)
        #expect(order.events.compactMap { Self.feed($0, &state) } == order.actions)
    }

    @Test func drainingIsWhatGoesOnBetweenClientAndUpstream() {
        var state = RelayState(keepsAlive: true)
        for event in [Event.requestEnd, .connecting, .connected] { _ = Self.feed(event, &state) }
        #expect(!state.isDraining)
        #expect(state.clientClosed() == .drain)
        #expect(state.isDraining)
        state.responseStarted()
        #expect(state.isDraining)
        state.responseEnded()
        #expect(!state.isDraining)
        #expect(state.clientClosed() == .nothing)
    }
}
