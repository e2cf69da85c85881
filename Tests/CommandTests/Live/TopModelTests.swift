import OpenAIUsage
import Testing

@testable import oai_usage

struct TopModelTests {
    static let now: Int64 = 1_800_000_000_000_000

    /// Returns a call that ended some seconds ago.
    static func call(
        _ number: Int,
        project: String = "proj_a",
        endedSecondsAgo age: Int64 = 1,
        cost: Int64? = 1_000_000_000,
        outcome: Outcome = .completed,
        status: Int? = 200
    ) -> TopCall {
        let startedAt = now - age * 1_000_000 - 500_000
        return TopCall(
            id: CallID(startedAt: Timestamp(microsecondsSince1970: startedAt), number: number),
            startedAt: startedAt,
            project: project,
            model: "gpt-4o-mini",
            endpoint: "chat.completions",
            status: status,
            outcome: outcome,
            durationMicroseconds: 500_000,
            costPicoUSD: cost
        )
    }

    static func model(columns: Int = 80, rows: Int = 24) -> TopModel {
        TopModel(
            ledger: "/ledger.db",
            length: 300_000_000,
            grouping: .project,
            order: .cost,
            size: TopModel.Size(columns: columns, rows: rows),
            coveredFrom: 0,
            now: now
        )
    }

    @Test
    func `Calls outside of the window are not in the sums`() {
        var model = Self.model()
        let calls = [Self.call(1, endedSecondsAgo: 400), Self.call(2, endedSecondsAgo: 100), Self.call(3)]
        #expect(model.receive(.data(TopModel.Data(ended: calls), now: Self.now)) == .draw)
        func count(_ length: Int64) -> Int {
            model.shown.window.summary(length: length, now: Self.now, by: .project, inFlight: []).totals.calls
        }
        #expect(count(60_000_000) == 1)
        #expect(count(300_000_000) == 2)
        #expect(count(3_600_000_000) == 3)
    }

    @Test
    func `A paused view does not change, and nothing is lost meanwhile`() {
        var model = Self.model()
        _ = model.receive(.key(.character(" ")))
        _ = model.receive(.data(TopModel.Data(ended: [Self.call(1)]), now: Self.now + 1))
        #expect(model.isPaused)
        #expect(model.shown.window.last(9).isEmpty)
        _ = model.receive(.key(.character(" ")))
        #expect(model.shown.window.last(9).count == 1)
    }

    @Test(arguments: ["q", "Q", "\u{3}"])
    func `Keys quit`(_ key: Character) {
        var model = Self.model()
        #expect(model.receive(.key(.character(key))) == .quit)
    }

    @Test
    func `Any key leaves the help, and only Ctrl-C ends the program there`() {
        for key: KeyParser.Key in [.escape, .character("q"), .character("g"), .other] {
            var model = Self.model()
            _ = model.receive(.key(.character("?")))
            #expect(model.showsHelp)
            #expect(model.receive(.key(key)) == .draw)
            #expect(!model.showsHelp && model.grouping == Self.model().grouping)
        }
        var model = Self.model()
        _ = model.receive(.key(.character("?")))
        #expect(model.receive(.key(.character("\u{3}"))) == .quit)
    }

    @Test
    func `Escape quits, and other keys do not`() {
        var model = Self.model()
        #expect(model.receive(.key(.escape)) == .quit)
        #expect(model.receive(.key(.other)) == .nothing)
        #expect(model.receive(.key(.character("z"))) == .nothing)
    }

    @Test(arguments: [(80, 24), (40, 10), (200, 50), (20, 3), (1, 1)])
    func `A frame fits its terminal`(_ columns: Int, _ rows: Int) {
        var model = Self.model(columns: columns, rows: rows)
        let names = ["proj_日本語チーム", String(repeating: "x", count: 200), "evil\u{1b}[2J\u{9b}7m\u{202e}"]
        let calls = names.enumerated().map { Self.call($0, project: $1, outcome: .error, status: 429) }
        _ = model.receive(.data(TopModel.Data(ended: calls), now: Self.now))
        let lines = TopFrame(model).lines()
        #expect(lines.count <= rows)
        #expect(lines.allSatisfy { $0.width <= columns })
        let controls = lines.flatMap { $0.plain.unicodeScalars }.filter { $0.value < 0x20 || 0x7f...0x9f ~= $0.value }
        #expect(controls.isEmpty)
    }

    @Test
    func `The window forgets the oldest calls beyond its capacity, and says so`() {
        var window = TopWindow(coveredFrom: 0)
        let count = TopWindow.capacity + 10
        window.add((0..<count).map { Self.call($0, endedSecondsAgo: Int64(count - $0)) }, forgettingBefore: .min)
        let summary = window.summary(length: .max / 2, now: Self.now, by: .project, inFlight: [])
        #expect(summary.totals.calls == TopWindow.capacity)
        #expect(summary.isShortened)
    }
}

struct KeyParserTests {
    @Test
    func `Sequences are no escapes`() {
        var parser = KeyParser()
        #expect(parser.keys([0x1b, 0x5b, 0x41, 0x71]) == [.other, .character("q")])
        #expect(parser.keys([0x1b]).isEmpty)
        #expect(parser.isUndecided)
        #expect(parser.keys([0x5b, 0x31]).isEmpty)
        #expect(parser.keys([0x7e]) == [.other])
        #expect(!parser.isUndecided)
    }

    @Test
    func `An escape alone is one after some time`() {
        var parser = KeyParser()
        #expect(parser.timeout().isEmpty)
        #expect(parser.keys([0x1b]).isEmpty)
        #expect(parser.timeout() == [.escape])
        #expect(parser.keys([0x1b, 0x1b]) == [.escape])
        #expect(parser.timeout() == [.escape])
    }
}
