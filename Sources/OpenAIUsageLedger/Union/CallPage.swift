package import OpenAIUsage

/// A page of calls of a ledger in ID order, for exchange between programs of the same version.
package struct CallPage: Sendable {
    /// The ID of the ledger; `nil` if it has none.
    package var ledger: String?
    /// The calls.
    package var records: [CallRecord]

    /// Creates a page.
    package init(ledger: String?, records: [CallRecord]) {
        self.ledger = ledger
        self.records = records
    }

    private static let signature = Array("OAUC1".utf8)

    /// The encoded page.
    package var bytes: [UInt8] {
        var bytes = VarintWriter()
        bytes.write(Self.signature)
        bytes.write(Int64(bitPattern: RecordEncoder.version))
        bytes.write(ledger)
        bytes.write(Int64(records.count))
        let encoder = RecordEncoder()
        for record in records {
            encoder.encode(record, isOpen: record.outcome == .open)
            bytes.write(encoder.entry.dropFirst(RecordEncoder.margin))
        }
        return bytes.bytes
    }

    /// Decodes a page from untrusted bytes; `nil` if they are not a page of this version.
    package init?(_ bytes: [UInt8]) {
        let parsed: CallPage? = bytes.withUnsafeBufferPointer { buffer in
            var reader = VarintReader(buffer)
            guard Array(reader.data()) == Self.signature,
                UInt64(bitPattern: reader.integer()) == RecordEncoder.version
            else { return nil }
            var page = CallPage(ledger: reader.text(), records: [])
            for _ in 0..<reader.count() {
                var decoder = RecordDecoder(ArraySlice(reader.data()))
                guard reader.isValid, let record = try? decoder.decode().record else { return nil }
                page.records.append(record)
            }
            return reader.isValid && !reader.hasMore ? page : nil
        }
        guard let parsed else { return nil }
        self = parsed
    }
}

extension LatestRateLimit {
    private static let signature = Array("OAUL1".utf8)

    /// Encodes rate limits for a reader of the same version.
    package static func bytes(_ limits: [LatestRateLimit]) -> [UInt8] {
        SignedList.bytes(limits, signature: signature) { limit, bytes in
            bytes.write(limit.project)
            bytes.write(limit.model)
            bytes.write(limit.organization)
            bytes.write(limit.observedAtMicroseconds)
            bytes.write(limit.call.rawValue)
            bytes.write(RateLimitText.text(of: limit.limits))
        }
    }

    /// Decodes rate limits from untrusted bytes; `nil` if they are not a list of this version.
    package static func list(_ bytes: [UInt8]) -> [LatestRateLimit]? {
        SignedList.elements(bytes, signature: signature) { reader in
            LatestRateLimit(
                project: reader.text() ?? "",
                model: reader.text(),
                organization: reader.text(),
                observedAtMicroseconds: reader.integer(),
                call: CallID(rawValue: reader.integer()),
                limits: RateLimitText.limits(reader.text() ?? "")
            )
        }
    }
}
