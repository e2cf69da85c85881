import OpenAIUsage

extension JSONReading {
    /// A selection with every kind of entry.
    static let root: JSONSelection.Node = {
        let leaf = JSONSelection.Node(field: 2, members: [("a", .init(field: 3))], elements: .init(field: 4))
        let inner = JSONSelection.Node(
            field: 5,
            members: [("a", leaf), ("b", .init(field: 6, isPresenceOnly: true)), ("usage", .init(field: 7))],
            isVerbatim: true
        )
        return .init(
            field: 1,
            members: [
                ("a", leaf), ("b", inner), ("usage", .init(members: [("id", .init(field: 8))])),
                (
                    "id",
                    .init(field: 9, elements: .init(field: 10, members: [("a", .init(field: 11))], isVerbatim: true))
                ),
                ("", .init(field: 12)), ("\u{fc}", .init(elements: leaf)),
            ],
            elements: inner
        )
    }()

    /// What a scan with a selection should meet in a document.
    init(of document: StrictJSON, in bytes: [UInt8], selecting node: JSONSelection.Node) {
        isValid = true
        // A number that nothing follows may go on: that it is whole is told, but not as an event.
        if case .number = document.value, document.range.upperBound == bytes.count { return }
        read(document, bytes, node, isCollected: false)
    }

    private mutating func read(
        _ document: StrictJSON,
        _ bytes: [UInt8],
        _ node: JSONSelection.Node,
        isCollected: Bool
    ) {
        func item(_ event: JSONScanner.Event) -> Item { Item(event: event, field: node.field) }
        var items: [Item] = []
        switch document.value {
        case .null: items = [item(.null)]
        case .bool(let value): items = [item(value ? .true : .false)]
        case .number(let text): items = [Self.item(.number, node, text)]
        case .string(let text): items = [Self.item(.string, node, text)]
        case .array, .object: break
        }
        guard items.isEmpty else {
            if node.field != 0 { self.items += items }
            return
        }
        // An object that is collected inside of another is part of its text.
        let collects = node.isVerbatim && !isCollected
        var end: JSONScanner.Event
        if case .array(let elements) = document.value {
            end = .arrayEnd
            if node.field != 0 { self.items.append(item(.arrayStart)) }
            if let selected = node.elements.first {
                for element in elements { read(element, bytes, selected, isCollected: isCollected || collects) }
            }
        } else {
            end = .objectEnd
            if node.field != 0 { self.items.append(item(.objectStart)) }
            for member in document.members ?? [] {
                guard let selected = node.members.first(where: { member.name.elementsEqual($0.name.utf8) }) else {
                    continue
                }
                read(member.value, bytes, selected.node, isCollected: isCollected || collects)
            }
        }
        guard node.field != 0 else { return }
        var last = item(end)
        if collects, document.range.count <= JSONScanner.maximumVerbatimLength {
            last.verbatim = String(validating: bytes[document.range], as: UTF8.self)
        }
        self.items.append(last)
    }

    private static func item(_ event: JSONScanner.Event, _ node: JSONSelection.Node, _ text: [UInt8]) -> Item {
        if event == .string, node.isPresenceOnly { return Item(event: event, field: node.field) }
        return Item(
            event: event,
            field: node.field,
            text: String(decoding: text, as: UTF8.self),
            isTruncated: text.count > JSONScanner.maximumValueLength
        )
    }

    /// Whether both met the same, texts that were cut and what was collected before left out.
    func agrees(with expected: JSONReading) -> Bool {
        guard isValid == expected.isValid, items.count == expected.items.count else { return false }
        return zip(items, expected.items).allSatisfy { item, expected in
            item.event == expected.event && item.field == expected.field
                && item.isTruncated == expected.isTruncated && (item.isTruncated || item.text == expected.text)
                && (expected.verbatim == nil || item.verbatim == expected.verbatim)
        }
    }
}
