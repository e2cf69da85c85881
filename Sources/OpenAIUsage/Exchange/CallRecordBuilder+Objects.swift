extension CallRecordBuilder {
    /// The states of objects whose usage is not final.
    private static let passingStates: Set<String> = [
        "queued", "in_progress", "validating", "finalizing", "cancelling", "requires_action", "validating_files",
        "running", "paused", "pending", "created", "preprocessing", "processing",
    ]

    /// True for the state of an object whose usage is not final.
    static func isPassing(state: String) -> Bool { passingStates.contains(state) }

    /// Decides which usage of the record counts, by the objects that the response shows.
    mutating func account(_ objects: BilledObjects, _ response: borrowing ResponseReader) {
        guard let status = record.status, status < 400 else { return }
        let containers = response.containers
        let parts = response.parts
        for container in containers {
            let name = "container.\(container.memory)"
            guard record.toolCalls[name] != nil || record.toolCalls.count < ResponseReader.maximumTools else {
                continue
            }
            if objects.claim(container: container.identity, at: record.startedAtMicroseconds) {
                record.toolCalls[name, default: 0] += 1
                record.containerWindows.append(
                    ContainerWindow(container.identity, startedAt: record.startedAtMicroseconds)
                )
            }
        }
        // A cached answer used nothing, since no provider was asked.
        if record.isAnsweredByCache {
            record.isCounted = false
            return
        }
        // One row cannot hold the usage of several objects; until each of them, or its file, was shown alone, their
        // usage is missing.
        if record.endpoint.family.billedObjects == .list, response.listed.contains(where: { !objects.isCounted($0) }) {
            record.usageState = .missing
        }
        switch record.endpoint.accounting {
        case .unknown:
            // Showing the usage of another call uses nothing.
            if status != 101, record.method == "GET" || record.method == "HEAD" {
                record.isCounted = record.usage.isEmpty && record.units.isEmpty
            }
        case .never:
            record.isCounted = record.usage.isEmpty && record.units.isEmpty
            if record.method == "POST", let identity = record.responseID {
                _ = objects.decide(
                    ObjectObservation(kind: .created(ObjectOrigin(record)), identities: [ObjectIdentity(identity)])
                )
            }
        case .everyCall:
            noteUsed(parts, objects)
            noteContainer(objects)
        case .onceByObject:
            if parts.isEmpty {
                accountObject(objects, response.alias)
            } else {
                account(parts, response.furtherUsage, objects)
            }
        }
    }

    /// Registers the objects that a call created, so that showing them again counts nothing.
    private func noteUsed(_ parts: [ResponseReader.Part], _ objects: BilledObjects) {
        switch record.endpoint.family.billedObjects {
        case .response:
            guard let identity = record.responseID else { return }
            let kind: ObjectObservation.Kind = hasFigures ? .used : .created(ObjectOrigin(record))
            _ = objects.decide(ObjectObservation(kind: kind, identities: [ObjectIdentity(identity)]))
        case .parts:
            guard !parts.isEmpty else { return }
            _ = objects.decide(ObjectObservation(kind: .used, identities: parts.map(\.identity), isSeveral: true))
        case .none, .container, .batch, .list: break
        }
    }

    /// Registers a container that the call created, which is paid for from then on.
    private mutating func noteContainer(_ objects: BilledObjects) {
        guard record.endpoint.family.billedObjects == .container,
            let identity = record.responseID.map({ ObjectIdentity($0) }),
            objects.claim(container: identity, at: record.startedAtMicroseconds)
        else { return }
        record.containerWindows.append(ContainerWindow(identity, startedAt: record.startedAtMicroseconds))
    }

    /// Counts the only object of the response at the first observation of its final state.
    private mutating func accountObject(_ objects: BilledObjects, _ alias: String?) {
        record.responseID = record.endpoint.family.objectID(record)
        guard let identity = record.responseID else { return }
        record.objectAlias = alias
        let identities = [identity, record.objectAlias].compactMap { $0 }.map { ObjectIdentity($0) }
        let state = record.finish.map { String($0.prefix { $0 != ":" }) } ?? ""
        let isFinal = hasFigures && !Self.isPassing(state: state)
        guard isFinal || record.method == "POST" else {
            record.isCounted = false
            return
        }
        let kind: ObjectObservation.Kind = isFinal ? .shown : .created(ObjectOrigin(record))
        let decision = objects.decide(ObjectObservation(kind: kind, identities: identities))
        record.isCounted = decision.counts.first ?? true
        if let origin = decision.origin { inherit(origin) }
    }

    /// Counts those of several objects that were not counted before.
    ///
    /// - Parameters:
    ///   - parts: The objects.
    ///   - further: The usage of further objects, which always counts.
    ///   - objects: The objects that were counted before.
    private mutating func account(
        _ parts: [ResponseReader.Part],
        _ further: TokenUsage?,
        _ objects: BilledObjects
    ) {
        let decision = objects.decide(
            ObjectObservation(kind: .shown, identities: parts.map(\.identity), isSeveral: true)
        )
        let fresh = zip(parts, decision.counts).filter(\.1).map(\.0)
        guard fresh.count < parts.count else { return }
        guard !fresh.isEmpty || further != nil else {
            record.isCounted = false
            return
        }
        record.usage = further ?? TokenUsage()
        for part in fresh { record.usage.add(part.usage) }
        let raw = fresh.compactMap { $0.rawUsage.map { RowText.maskingContent(ofUsage: $0) } }
        record.rawUsage =
            raw.count < fresh.count || further != nil
            ? nil : raw.count == 1 ? raw[0] : "[\(raw.joined(separator: ","))]"
    }

    /// Adopts the facts that only the call that created the object knows.
    private mutating func inherit(_ origin: ObjectOrigin) {
        guard origin.call != record.id else { return }
        record.resolvedCall = origin.call
        record.operationID = origin.operationID
        record.tags = origin.tags.merging(record.tags)
        if record.project == "default" { record.project = origin.project }
        record.requestModel = record.requestModel ?? origin.requestModel
        record.model = record.model ?? origin.requestModel
        record.requestedServiceTier = record.requestedServiceTier ?? origin.requestedServiceTier
        record.backgroundWindow = record.backgroundWindow ?? origin.backgroundWindow
        record.objectCreatedAtMicroseconds = record.objectCreatedAtMicroseconds ?? origin.startedAt
    }

    /// True if the record reports usage or units.
    private var hasFigures: Bool {
        switch record.usageState.kind {
        case .reported, .reportedUnterminated, .unitsFromBody: true
        case .settled, .null, .missing, .cut, .error, .unparsable, .notApplicable, .unitsFromRequest: false
        }
    }
}
