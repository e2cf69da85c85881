import Foundation
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageMetrics

/// The file that tells a gateway the result of the last comparison.
struct ReconcileResultFile {
    var path: String
    /// The path of the ledger, whose owner must be able to read the file; `nil` if it is not on this machine.
    var ledger: String?
    /// True if somebody chose the path, which may be that of another file by mistake.
    var isChosen = false

    /// The reason why a file cannot be written.
    struct Problem: Error, CustomStringConvertible {
        var description: String

        init(_ number: Int32) { description = String(cString: strerror(number)) }

        init(description: String) { self.description = description }
    }

    /// Replaces the file, so that a reader sees the old text or the new one.
    ///
    /// - Throws: A ``Problem``; the file is as it was.
    func write(_ text: String) throws(Problem) {
        guard !isChosen || isReplaceable else {
            throw Problem(description: "it is not a result of a reconciliation, and is not replaced")
        }
        let temporary = "\(path).\(UInt64.random(in: .min ... .max))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Problem(errno) }
        let problem = fill(descriptor, text)
        close(descriptor)
        guard problem == nil, rename(temporary, path) == 0 else {
            let problem = problem ?? Problem(errno)
            unlink(temporary)
            throw problem
        }
    }

    /// True if there is no file, or one that an earlier comparison left: a wrong path must not cost a ledger.
    private var isReplaceable: Bool {
        var (facts, own) = (stat(), stat())
        guard lstat(path, &facts) == 0 else { return true }
        if let ledger, stat(ledger, &own) == 0, own.st_ino == facts.st_ino, own.st_dev == facts.st_dev { return false }
        guard facts.st_mode & S_IFMT == S_IFREG else { return false }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let start = try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).read(upToCount: 11)
        return facts.st_size == 0 || start == Data("{\"version\":".utf8)
    }

    private func fill(_ descriptor: Int32, _ text: String) -> Problem? {
        // A gateway without privileges could not read what an administrator's command has left.
        var facts = stat()
        if geteuid() == 0, let ledger, stat(ledger, &facts) == 0 { _ = fchown(descriptor, facts.st_uid, facts.st_gid) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        do { try handle.write(contentsOf: Data(text.utf8)) } catch { return Problem(errno == 0 ? EIO : errno) }
        return fsync(descriptor) == 0 ? nil : Problem(errno)
    }
}

extension ReconcileReport {
    /// The result as one line of JSON: when, the costs by project, and the report as `--by none` writes it.
    func result(at now: Int64) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("version", ReconciliationResult.version)
        json.member("reconciled_at", TimestampText.utc(now, isShort: true))
        json.key("projects")
        json.beginArray()
        let order = projects.sorted { left, right in
            let (a, b) = (max(left.value.ours, left.value.theirs), max(right.value.ours, right.value.theirs))
            return a != b ? a > b : left.key < right.key
        }
        for (name, sums) in order.prefix(ReconciliationResult.maximumProjects) { write(name, sums, to: &json) }
        let others = order.dropFirst(ReconciliationResult.maximumProjects).map(\.value)
        if !others.isEmpty {
            let sums = others.reduce(into: ReconciliationGauge.Sums()) { $0 += $1 }
            write(nil, sums, to: &json)
        }
        json.endArray()
        var report = self
        (report.dimensions, report.rows) = ([], whole)
        json.member("report", literal: report.json)
        json.endObject()
        return json.text + "\n"
    }

    private func write(_ name: String?, _ sums: ReconciliationGauge.Sums, to json: inout JSONWriter) {
        json.beginObject()
        json.member("project", name)
        json.member("our_cost_usd", literal: DecimalText.dollars(picoUSD: sums.ours))
        json.member("their_cost_usd", literal: DecimalText.dollars(picoUSD: sums.theirs))
        json.member("common_cost_usd", literal: DecimalText.dollars(picoUSD: sums.common))
        json.member("drift_usd", literal: DecimalText.dollars(picoUSD: sums.drift))
        json.member("difference_usd", literal: DecimalText.dollars(picoUSD: sums.theirs - sums.ours))
        let (coverage, drift) = (sums.common, sums.drift)
        for (member, part) in [("cost_coverage_percent", coverage), ("drift_percent", drift)] {
            json.member(member, literal: ReconcileTotals.decimal(ReconcileTotals.percent(part, of: sums.theirs)))
        }
        json.endObject()
    }
}
