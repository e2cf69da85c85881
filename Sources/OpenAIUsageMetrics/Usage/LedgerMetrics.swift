/// The metric families of the ledger, read during a scrape.
enum LedgerMetrics {
    /// The known reasons for lost records; each has a series from the start, so that the first loss is visible.
    static let dropReasons = [
        "queue_full", "disk_full", "db_locked", "ledger_failed", "ledger_lost", "encode_error", "shutdown",
    ]
    /// The maximum number of error kinds with series of their own.
    static let maximumErrorKinds = 32

    static let descriptors: [MetricDescriptor] = [
        .counter("oai_usage_records_captured", help: "Records of calls handed to the ledger."),
        .counter(
            "oai_usage_records_written",
            help: "Records of calls committed to the ledger; those lost with its file move to dropped, ledger_lost."
        ),
        .counter("oai_usage_records_dropped", labels: ["reason"], help: "Records of calls that were lost, by reason."),
        .gauge("oai_usage_record_queue_length", help: "Records of calls that wait to be written."),
        .gauge("oai_usage_record_queue_capacity", help: "The most records of calls that may wait to be written."),
        .counter("oai_usage_ledger_errors", labels: ["error"], help: "Errors of the ledger, by kind."),
        .gauge("oai_usage_ledger_up", help: "1 while records can be written to the ledger, 0 while it fails."),
        .gauge("oai_usage_ledger_size_bytes", unit: "bytes", help: "Size of the ledger's files."),
        .gauge(
            "oai_usage_ledger_last_write_timestamp_seconds",
            unit: "seconds",
            help: "When records were last committed, as Unix time."
        ),
        .counter(
            "oai_usage_ledger_late_releases",
            help: "Responses released before their record was committed, because the commit took too long."
        ),
    ]

    static func collect(_ snapshot: LedgerSnapshot, into collection: inout MetricsCollection) {
        collection.set("oai_usage_records_captured", .integer(snapshot.captured))
        collection.set("oai_usage_records_written", .integer(snapshot.written))
        var dropped: [String: Int64] = Dictionary(uniqueKeysWithValues: dropReasons.map { ($0, 0) })
        for (reason, count) in snapshot.dropped {
            dropped[dropReasons.contains(reason) ? reason : LabelValue.other, default: 0] += count
        }
        for (reason, count) in dropped {
            collection.set("oai_usage_records_dropped", [reason], .integer(count))
        }
        collection.set("oai_usage_record_queue_length", .integer(snapshot.queued))
        collection.set("oai_usage_record_queue_capacity", .integer(snapshot.capacity))
        var errors: [String: Int64] = [:]
        for (kind, count) in snapshot.errors {
            let label = LabelValue.clean(kind)
            let isKnown = errors[label] != nil || errors.count < maximumErrorKinds
            errors[isKnown && !label.isEmpty ? label : LabelValue.other, default: 0] += count
        }
        for (kind, count) in errors {
            collection.set("oai_usage_ledger_errors", [kind], .integer(count))
        }
        collection.set("oai_usage_ledger_size_bytes", snapshot.sizeBytes.map { .integer($0) })
        collection.set("oai_usage_ledger_up", .integer(snapshot.isUp ? 1 : 0))
        collection.set(
            "oai_usage_ledger_last_write_timestamp_seconds",
            snapshot.lastWriteTimestampSeconds.map { .double($0) }
        )
        collection.set("oai_usage_ledger_late_releases", .integer(snapshot.lateReleases))
    }
}
