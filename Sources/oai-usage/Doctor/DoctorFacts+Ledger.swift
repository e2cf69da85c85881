import OpenAIUsage
import OpenAIUsageLedger

/// The checks of the ledger's files.
extension DoctorFacts {
    /// The results of all checks.
    var checks: [HealthCheck] {
        let ledgerChecks = [
            ledgerCheck, schemaCheck, integrityCheck, writerCheck, leftoverCheck, modeCheck, diskCheck, clockCheck,
        ]
        return (ledgerChecks + [pricesCheck] + callChecks + [configurationCheck, environmentCheck, adminCheck])
            .compactMap { $0 }
    }

    /// True if there is a ledger, readable or not; what is not one is none of this program's business.
    private var isLedger: Bool {
        switch state {
        case .unwanted, .remote, .invalid, .missing, .unreadable(.notSQLite, _), .unreadable(.notLedger, _): false
        case .unreadable, .readable: true
        }
    }

    var ledgerCheck: HealthCheck {
        switch state {
        case .unwanted: return .ok("ledger", "The configuration asks for none; calls are counted in the metrics alone.")
        case .remote(let gateway):
            return .ok("ledger", "It is read from the gateway \(gateway), on whose machine 'doctor' checks the file.")
        case .invalid(let description): return .problem("ledger", description, nil)
        case .missing:
            return .problem(
                "ledger",
                "There is none at \(ledger).",
                "Start a gateway, try 'oai-usage demo', or name another with --ledger or OAI_USAGE_LEDGER."
            )
        case .unreadable(_, let description): return .problem("ledger", description, nil)
        case .readable: break
        }
        guard let content else { return .ok("ledger", ledger) }
        let since = content.first.map { " since \(TimestampText.utc($0).prefix(10))" } ?? ""
        let text = "\(ledger), \(NumberFormat.bytes(size)), \(NumberFormat.calls(content.calls))\(since)."
        guard content.quarantined > 0 else { return .ok("ledger", text) }
        return .warning(
            "ledger",
            "\(text) \(NumberFormat.calls(content.quarantined)) could not be stored.",
            "Report this as a bug: the table 'quarantine' of the ledger names the reasons."
        )
    }

    var schemaCheck: HealthCheck? {
        if case .unreadable(.newerSchema, _) = state {
            return .problem("schema", "The ledger is of a newer oai-usage.", "Upgrade oai-usage on this machine.")
        }
        guard state == .readable else { return nil }
        return .ok("schema", schema.map { "Version \($0), which this oai-usage reads." } ?? "This oai-usage reads it.")
    }

    var integrityCheck: HealthCheck? {
        switch integrity {
        case nil: return nil
        case .checked(let isFull, let findings)?:
            guard findings.isEmpty else {
                let more = findings.count > 3 ? " (and \(findings.count - 3) more)" : ""
                return .problem(
                    "integrity",
                    findings.prefix(3).joined(separator: " ") + more,
                    isFull
                        ? "See 'oai-usage ledger check --ledger \(ledger)' for all; copy the ledger with its -wal file first."
                        : "Copy the ledger with its -wal file, then restore a backup or run 'sqlite3 \(ledger) .recover'."
                )
            }
            return .ok(
                "integrity",
                isFull
                    ? "Full check: the file is sound, and its sums and its index agree with the calls."
                    : "Quick check: the file is sound; --full checks its sums and its index, too."
            )
        }
    }

    var writerCheck: HealthCheck? {
        guard isLedger else { return nil }
        if let writer { return .ok("writer", "It is being written to by \(writer).") }
        guard hasLockFile else { return .ok("writer", "Nobody writes to it now.") }
        return .ok("writer", "Nobody writes to it now; the lock file of an ended process is harmless.")
    }

    var leftoverCheck: HealthCheck? {
        guard isLedger else { return nil }
        if let first = setAside.first {
            let files = setAside.count == 1 ? first : "\(first) and \(setAside.count - 1) more"
            return .warning(
                "leftovers",
                "A damaged ledger was set aside as \(files).",
                "Save its rows with 'sqlite3 \(first) .recover', then remove it."
            )
        }
        // The queue of a running writer is in use.
        guard writer == nil, queuedBytes > 0 else { return .ok("leftovers", "None.") }
        if remainingBytes == 0 {
            return .ok("leftovers", "Records that a killed writer had left were taken in just now.")
        }
        return .warning(
            "leftovers",
            "A killed writer left records in \(ledger)-queue1 or -queue2 (\(NumberFormat.bytes(remainingBytes))).",
            "Start the gateway, or run this command as the ledger's owner: both take them in."
        )
    }

    var modeCheck: HealthCheck? {
        guard isLedger else { return nil }
        if let folder, folder.bits & 0o002 != 0, folder.bits & 0o1000 == 0 {
            return .problem(
                "modes",
                "Everybody can replace files in \(folder.path) (mode \(folder.text)).",
                "Run: chmod o-w \(ShellWord.quoted(folder.path))"
            )
        }
        let open = modes.filter { $0.bits & 0o077 != 0 }
        guard let first = open.first else {
            return modes.isEmpty ? nil : .ok("modes", "Only its owner can read the ledger.")
        }
        let others = first.bits & 0o007 != 0 ? "everybody on this machine" : "its group"
        let can = open.contains { $0.bits & 0o022 != 0 } ? "read or change" : "read"
        return .warning(
            "modes",
            "The ledger shows who calls what, and \(others) can \(can) it (mode \(first.text)).",
            "Run: chmod go-rwx \(open.map { ShellWord.quoted($0.path) }.joined(separator: " "))"
        )
    }

    var diskCheck: HealthCheck? {
        guard let disk else { return nil }
        let advice = "Free some space, or keep fewer rows (gateway --keep-size 1GB); sums of pruned calls stay."
        if disk.freeFiles == 0 {
            return .problem("disk", "The file system has no room for further files.", "Remove some files.")
        }
        let free = "\(NumberFormat.bytes(disk.freeBytes)) are free beside the ledger."
        if disk.freeBytes < 64 << 20 { return .problem("disk", "Only \(free)", advice) }
        return disk.freeBytes < 1 << 30 ? .warning("disk", "Only \(free)", advice) : .ok("disk", free)
    }

    var clockCheck: HealthCheck {
        let advice = "Set the clock, and keep it by NTP: days, prices and limits depend on it."
        if case .loaded(_, let day) = prices, now.flooredQuotient(by: 86_400_000_000) < day - 1 {
            let days = CivilDate(daysSince1970: day).text
            return .problem(
                "clock",
                "It is \(TimestampText.utc(now).prefix(10)) by this clock, before the prices were checked (\(days)).",
                advice
            )
        }
        if futureCalls > 0 {
            return .warning(
                "clock",
                "\(NumberFormat.calls(futureCalls)) of the ledger \(futureCalls == 1 ? "begins" : "begin") in the future: a clock is or was wrong.",
                advice
            )
        }
        if let modified, modified > now + 120_000_000 {
            let minutes = (modified - now) / 60_000_000
            return .warning("clock", "The ledger was changed \(NumberFormat.count(minutes)) minutes from now.", advice)
        }
        return .ok(
            "clock",
            state == .readable ? "No call begins in the future." : "It is \(TimestampText.utc(now).prefix(10)) by it."
        )
    }
}

extension DoctorFacts.Mode {
    /// The permissions as chmod writes them.
    var text: String {
        let digits = String(bits & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
