import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsagePricing

/// Gathers the facts of an installation.
struct DoctorInspection {
    let ledgerFlag: String?
    let configurationFlag: String?
    let admin: AdminArgument?
    let isFull: Bool
    let environment: [String: String]
    let now: Int64

    /// Returns the facts; whatever cannot be gathered is a fact itself.
    func facts() async -> DoctorFacts {
        var settings: Settings?
        var problem: String?
        do {
            settings = try await Settings(file: configurationFlag, environment: environment)
        } catch {
            problem = SecretText.masked("\(error)")
        }
        let standard = Settings.folder("XDG_DATA_HOME", otherwise: ".local/share", environment) + "/oai-usage/ledger.db"
        var facts = DoctorFacts(now: now, ledger: settings?.ledger(ledgerFlag) ?? ledgerFlag ?? standard)
        facts.configuration = configuration(problem)
        facts.suspects = settings?.suspects ?? []
        facts.prices = prices(settings)
        inspectLedger(&facts)
        facts.admin = await admin(settings, try? LedgerLocation(facts.ledger).url)
        return facts
    }

    private func configuration(_ problem: String?) -> DoctorFacts.Configuration {
        if let problem { return .invalid(problem) }
        let folder = Settings.folder("XDG_CONFIG_HOME", otherwise: ".config", environment)
        let variable = environment[Settings.fileVariable].flatMap { $0.isEmpty ? nil : $0 }
        let path = configurationFlag ?? variable ?? "\(folder)/oai-usage/config.json"
        return FileInspection.mode(path).map { .valid($0) } ?? .absent(path)
    }

    private func prices(_ settings: Settings?) -> DoctorFacts.Prices {
        do {
            let book = try PriceFiles.book(settings?.list("prices") ?? [], tell: { _ in })
            guard case .local(let year, let month, let day, _, _, _)? = TimestampArgument(book.asOf) else {
                return .invalid("The prices have no day.")
            }
            let date = CivilDate(year: Int64(year), month: Int64(month), day: Int64(day))
            return .loaded(version: book.version, day: date.daysSince1970)
        } catch {
            return .invalid("\(error)")
        }
    }

    // MARK: - The ledger

    private func inspectLedger(_ facts: inout DoctorFacts) {
        guard facts.ledger != "none" || ledgerFlag != nil else {
            facts.state = .unwanted
            return
        }
        do {
            if let url = try LedgerLocation(facts.ledger).url {
                facts.state = .remote(url.description)
                return
            }
        } catch {
            facts.state = .invalid("\(error)")
            return
        }
        let path = (try? LedgerReader.resolvedPath(facts.ledger)) ?? facts.ledger
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        facts.disk = FileInspection.disk(folder)
        guard let size = FileInspection.size(path) else { return }
        let files = ["", "-wal", "-shm", "-queue1", "-queue2"].map { path + $0 }
        // The newest part of a ledger in use is in its log.
        facts.size = size + (FileInspection.size(path + "-wal") ?? 0)
        // A new ledger has its header in the log until that is copied into the file.
        facts.schema = FileInspection.schema(path).flatMap { $0 == 0 ? nil : $0 }
        facts.hasLockFile = FileInspection.size("\(path).lock") != nil
        facts.writer = FileInspection.holder("\(path).lock")
        facts.queuedBytes = Self.queuedBytes(path)
        facts.setAside = FileInspection.setAside(path)
        facts.modes = files.compactMap(FileInspection.mode)
        facts.folder = FileInspection.mode(folder)
        facts.modified = files.prefix(2).compactMap(FileInspection.modified).max()
        do {
            try read(&facts)
            facts.state = .readable
        } catch let error as LedgerError {
            facts.state = .unreadable(error.code, error.description)
        } catch {
            facts.state = .unreadable(.failed, "\(facts.ledger): \(error)")
        }
        facts.remainingBytes = Self.queuedBytes(path)
    }

    private static func queuedBytes(_ path: String) -> Int64 {
        ["-queue1", "-queue2"].reduce(0) { $0 + (FileInspection.size(path + $1) ?? 0) }
    }

    private func read(_ facts: inout DoctorFacts) throws {
        let reader = try LedgerReader(path: facts.ledger, progress: WorkProgress.upgrade())
        facts.integrity = try integrity(facts, reader)
        // The tables of a damaged file may not be readable.
        if case .checked(_, let findings)? = facts.integrity, !findings.isEmpty { return }
        let summary = try reader.summary()
        facts.content = .init(calls: summary.calls, first: summary.firstMicroseconds, quarantined: summary.quarantined)
        let week = ReportQuery(from: now - 7 * 86_400_000_000, to: now + 1, groupBy: [.model], mergesSnapshots: true)
        let report = try reader.report(week, exactLimit: 0)
        facts.week = report.totals
        facts.unpricedModels = report.rows.filter { $0.unpricedCalls > 0 }
            .sorted { $0.unpricedCalls > $1.unpricedCalls }.compactMap { $0.group.first ?? nil }
        // Clocks may differ by a minute.
        let later = ReportQuery(from: now + 60_000_000, to: now + 100 * 365 * 86_400_000_000, groupBy: [])
        facts.futureCalls = try reader.report(later, exactLimit: 0).totals.calls
    }

    private func integrity(_ facts: DoctorFacts, _ reader: LedgerReader) throws -> DoctorFacts.Integrity {
        guard isFull else {
            let findings = try WorkProgress.elapsed(Self.fileProgress(facts.size)) { try reader.quickCheckProblems() }
            return .checked(isFull: false, findings: findings)
        }
        let progress = WorkProgress("Checking", "Checked", "calls")
        let report = try LedgerCheck.run(
            facts.ledger,
            whileCheckingFile: { check in try WorkProgress.elapsed(Self.fileProgress(facts.size), check) }
        ) { progress.show($0, $1) }
        return .checked(isFull: true, findings: report.findings)
    }

    /// The name of the check of a ledger's file, for its progress.
    private static func fileProgress(_ size: Int64) -> String {
        "Checking the file of \(NumberFormat.bytes(size))"
    }

    // MARK: - The gateway

    /// Asks the gateway's admin server if it is ready.
    ///
    /// - Parameters:
    ///   - settings: The settings; `nil` if they are invalid.
    ///   - ledger: The gateway whose ledger is read, which is the one unless another is named; `nil` for a file.
    /// - Returns: What it answers.
    private func admin(_ settings: Settings?, _ ledger: GatewayURL?) async -> DoctorFacts.Admin {
        let configured = settings?.text("admin").flatMap { AdminArgument(argument: $0) }
        let named = (admin ?? (ledgerFlag != nil && ledger != nil ? nil : configured))?.address
        let url = named == nil ? ledger : nil
        guard let address = named ?? url.map({ .init(host: $0.host, port: $0.port) }) else { return .unknown }
        let name = url?.description ?? "\(address)"
        let isEncrypted = url?.isEncrypted ?? (settings?.text("admin-tls-cert") != nil)
        // A server that listens on every address is reached on this machine's own.
        let host = address.host == "0.0.0.0" ? "127.0.0.1" : address.host == "::" ? "::1" : address.host
        do {
            var client = SimpleClient(group: MultiThreadedEventLoopGroup.singleton, host: host, port: address.port)
            if isEncrypted { client.tls = try Self.unverifiedContext() }
            let answer = try await client.send(
                .GET,
                "\(url?.path ?? "")/readyz",
                headers: ["Accept": AdminClient.mediaTypes],
                limit: 65_536,
                timeout: .seconds(5)
            )
            if let status = answer.status { return .answered(name, status: status) }
            return .silent(name, answer.isTimedOut ? "it takes longer than 5 s" : "it closed the connection")
        } catch {
            var text = "\(ErrorMessage.explained(error))"
            let prefix = "Cannot connect to \(host):\(address.port): "
            if text.hasPrefix(prefix) { text = String(text.dropFirst(prefix.count)) }
            return .silent(name, text.hasSuffix(".") ? String(text.dropLast()) : text)
        }
    }

    /// Returns a context that accepts any certificate: nothing secret is sent, and its names are not in question.
    private static func unverifiedContext() throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        return try NIOSSLContext(configuration: tls)
    }
}
