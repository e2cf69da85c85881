import OpenAIUsage

extension FormerCost {
    private static let signature = Array("OAUF1".utf8)

    /// Encodes former costs for a reader of the same version.
    package static func bytes(_ costs: [FormerCost]) -> [UInt8] {
        SignedList.bytes(costs, signature: signature) { former, bytes in
            bytes.write(former.repricedAt)
            bytes.write(former.priceVersion)
            bytes.write(former.cost.picoUSD.map { String($0) })
            bytes.write(former.cost.status.rawValue)
            bytes.write(former.cost.reason?.rawValue)
            bytes.write(former.cost.priceVersion)
        }
    }

    /// Decodes former costs from untrusted bytes; `nil` if they are not a list of this version.
    package static func list(_ bytes: [UInt8]) -> [FormerCost]? {
        SignedList.elements(bytes, signature: signature, maximum: FormerCosts.maximumRuns) { reader in
            let (repricedAt, priceVersion) = (reader.integer(), reader.plainText() ?? "")
            var cost = CallCost()
            cost.picoUSD = reader.text().flatMap { Int64($0) }
            guard let status = CostStatus(rawValue: reader.text() ?? "") else { return nil }
            cost.status = status
            cost.reason = reader.plainText().map { CostReason(rawValue: $0) }
            cost.priceVersion = reader.plainText()
            return FormerCost(repricedAt: repricedAt, priceVersion: priceVersion, cost: cost)
        }
    }
}

extension RepriceHistoryEntry {
    private static let signature = Array("OAUH1".utf8)

    /// Encodes runs of repricing for a reader of the same version.
    package static func bytes(_ runs: [RepriceHistoryEntry]) -> [UInt8] {
        SignedList.bytes(runs, signature: signature) { run, bytes in
            bytes.write(run.startedAt)
            bytes.write(run.priceVersion)
            bytes.write(Int64(run.oldVersions.count))
            for version in run.oldVersions { bytes.write(version) }
            bytes.write(run.calls)
            bytes.write(run.oldPicoUSD)
            bytes.write(run.newPicoUSD)
        }
    }

    /// Decodes runs from untrusted bytes; `nil` if they are not a list of this version, or have amounts that no ledger has.
    package static func list(_ bytes: [UInt8]) -> [RepriceHistoryEntry]? {
        SignedList.elements(bytes, signature: signature, maximum: FormerCosts.maximumRuns) { reader in
            let (startedAt, priceVersion) = (reader.integer(), reader.plainText() ?? "")
            let count = reader.count()
            guard count <= FormerCosts.maximumVersions else { return nil }
            let versions = (0..<count).map { _ in reader.plainText() ?? "" }
            let (calls, old, new) = (reader.integer(), reader.large(), reader.large())
            // Their difference must not overflow.
            guard max(old.magnitude, new.magnitude) < 1 << 120 else { return nil }
            return RepriceHistoryEntry(
                startedAt: startedAt,
                priceVersion: priceVersion,
                oldVersions: versions,
                calls: calls,
                oldPicoUSD: old,
                newPicoUSD: new
            )
        }
    }
}

extension VarintReader {
    /// Reads a text for a terminal, without control characters; `nil` if there is none.
    fileprivate mutating func plainText() -> String? {
        text().map { text in
            String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.properties.generalCategory != .control }))
        }
    }
}
