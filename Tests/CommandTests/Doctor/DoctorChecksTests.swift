import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct DoctorChecksTests {
    private static let day: Int64 = 86_400_000_000

    /// The facts of a sound installation.
    private static let sound: DoctorFacts = {
        var facts = DoctorFacts(now: 20_000 * day, ledger: "/var/lib/ledger.db")
        facts.state = .readable
        facts.size = 1_000_000
        facts.content = .init(calls: 100, first: 19_000 * day, quarantined: 0)
        facts.schema = 5
        facts.integrity = .checked(isFull: false, findings: [])
        facts.modes = [.init(path: "/var/lib/ledger.db", bits: 0o600)]
        facts.folder = .init(path: "/var/lib", bits: 0o755)
        facts.disk = .init(freeBytes: 100 << 30, freeFiles: 1_000)
        facts.modified = 19_999 * day
        facts.prices = .loaded(version: "2024-09-27", day: 19_993)
        var week = Report.empty(ReportQuery(from: 0, to: 0)).totals
        week.calls = 1_000
        facts.week = week
        facts.configuration = .valid(.init(path: "/etc/oai-usage.json", bits: 0o644))
        facts.admin = .answered("127.0.0.1:10464", status: 200)
        return facts
    }()

    private static func state(_ name: String, _ change: (inout DoctorFacts) -> Void) -> HealthCheck.State? {
        var facts = sound
        change(&facts)
        return facts.checks.first { $0.name == name }?.state
    }

    @Test
    func `A sound installation has nothing to do`() {
        #expect(Self.sound.checks.allSatisfy { $0.state == .ok && $0.advice == nil })
        #expect(DoctorReport(checks: Self.sound.checks).summary == "All is well.")
        #expect(Set(Self.sound.checks.map(\.name)).count == Self.sound.checks.count)
    }

    @Test
    func `A ledger that is missing or unreadable is a problem`() {
        #expect(Self.state("ledger") { $0.state = .missing } == .problem)
        #expect(Self.state("ledger") { $0.state = .unreadable(.corrupt, "It is damaged.") } == .problem)
        #expect(Self.state("schema") { $0.state = .unreadable(.newerSchema, "It is newer.") } == .problem)
        #expect(Self.state("ledger") { $0.state = .unwanted } == .ok)
        #expect(Self.state("ledger") { $0.content?.quarantined = 1 } == .warning)
        #expect(Self.state("integrity") { $0.integrity = .checked(isFull: true, findings: ["Bad."]) } == .problem)
        #expect(Self.state("integrity") { $0.integrity = .checked(isFull: true, findings: []) } == .ok)
    }

    @Test
    func `A file of another program is not judged further`() {
        #expect(Self.state("modes") { $0.state = .unreadable(.notSQLite, "It is not a ledger.") } == nil)
        #expect(Self.state("leftovers") { $0.state = .unreadable(.notLedger, "It is not a ledger.") } == nil)
    }

    @Test
    func `A queue is in use or left over`() {
        #expect(Self.state("leftovers") { ($0.queuedBytes, $0.remainingBytes) = (10, 10) } == .warning)
        #expect(Self.state("leftovers") { ($0.queuedBytes, $0.remainingBytes) = (10, 0) } == .ok)
        #expect(
            Self.state("leftovers") { ($0.queuedBytes, $0.remainingBytes, $0.writer) = (10, 10, "process 1 (x)") }
                == .ok
        )
        #expect(Self.state("leftovers") { $0.setAside = ["/var/lib/ledger.db.damaged-1"] } == .warning)
    }

    @Test
    func `Modes that others can use are told`() {
        #expect(Self.state("modes") { $0.modes[0].bits = 0o640 } == .warning)
        #expect(Self.state("modes") { $0.modes[0].bits = 0o604 } == .warning)
        #expect(Self.state("modes") { $0.folder?.bits = 0o777 } == .problem)
        // In a folder such as /tmp only the owner replaces a file.
        #expect(Self.state("modes") { $0.folder?.bits = 0o1777 } == .ok)
        #expect(DoctorFacts.Mode(path: "", bits: 0o44).text == "0044")
    }

    @Test(arguments: [
        (DoctorFacts.Disk(freeBytes: 2 << 30, freeFiles: nil), HealthCheck.State.ok),
        (DoctorFacts.Disk(freeBytes: 1 << 29, freeFiles: nil), .warning),
        (DoctorFacts.Disk(freeBytes: 1 << 20, freeFiles: nil), .problem),
        (DoctorFacts.Disk(freeBytes: 2 << 30, freeFiles: 0), .problem),
    ])
    func `Little space is told in time`(disk: DoctorFacts.Disk, expected: HealthCheck.State) {
        #expect(Self.state("disk") { $0.disk = disk } == expected)
    }

    @Test
    func `A clock that is wrong is told`() {
        #expect(Self.state("clock") { $0.futureCalls = 1 } == .warning)
        #expect(Self.state("clock") { $0.modified = $0.now + 300_000_000 } == .warning)
        #expect(Self.state("clock") { $0.modified = $0.now + 60_000_000 } == .ok)
        #expect(Self.state("clock") { $0.now = 0 } == .problem)
    }

    @Test
    func `Old prices are told`() {
        #expect(Self.state("prices") { $0.prices = .loaded(version: "old", day: 19_900) } == .warning)
        #expect(Self.state("prices") { $0.prices = .invalid("It is not JSON.") } == .problem)
    }

    @Test
    func `Few calls without usage are usual, and calls without a price are not`() {
        #expect(Self.state("usage") { $0.week?.callsWithoutUsage = 10 } == .ok)
        #expect(Self.state("usage") { $0.week?.callsWithoutUsage = 11 } == .warning)
        #expect(Self.state("unpriced") { $0.week?.unpricedCalls = 1 } == .warning)
        #expect(Self.state("endpoints") { $0.week?.otherCalls = 11 } == .warning)
        #expect(Self.state("calls") { $0.week?.calls = 0 } == .ok)
    }

    @Test
    func `A configuration that others can change is told`() {
        #expect(Self.state("configuration") { $0.configuration = .valid(.init(path: "c", bits: 0o664)) } == .warning)
        #expect(Self.state("configuration") { $0.configuration = .invalid("c:1: no") } == .problem)
        #expect(Self.state("configuration") { $0.configuration = .absent("c") } == .ok)
        #expect(Self.state("environment") { $0.suspects = ["The variable OAI_USAGE_X is not a setting."] } == .warning)
    }

    @Test
    func `A gateway that writes must answer`() {
        let silent = DoctorFacts.Admin.silent("127.0.0.1:1", "connection refused")
        #expect(Self.state("gateway") { $0.admin = silent } == .warning)
        #expect(Self.state("gateway") { ($0.admin, $0.writer) = (silent, "process 7 (oai-usage gateway)") } == .problem)
        #expect(Self.state("gateway") { $0.admin = .answered("127.0.0.1:1", status: 503) } == .warning)
        #expect(Self.state("gateway") { $0.admin = .answered("127.0.0.1:1", status: 404) } == .problem)
        #expect(Self.state("gateway") { $0.admin = .unknown } == .ok)
    }

    @Test
    func `The report has the worst state and says what to do`() {
        let report = DoctorReport(checks: [.ok("a", "Fine."), .warning("bb", "Some \u{1b}[31mred.", "Do it.")])
        #expect(report.state == .warning)
        let text = report.text(width: 80, isColored: false)
        #expect(text == "ok       a   Fine.\nwarning  bb  Some [31mred.\n             → Do it.\n\n1 warning.\n")
        #expect(
            report.json.hasPrefix(
                #"{"state":"warning","checks":[{"name":"a","state":"ok","finding":"Fine.","advice":null}"#
            )
        )
        #expect(DoctorReport(checks: []).state == .ok)
    }
}
