/// Compiles the tables of a ``JSONSelection``.
struct JSONSelectionCompiler {
    private(set) var entries: [JSONSelection.Entry] = []
    private(set) var slots: [JSONSelection.Slot] = []
    private(set) var names: [UInt8] = []

    /// Compiles a selection; entry 0 is "not selected", entry 1 the root.
    mutating func compile(_ root: JSONSelection.Node) {
        entries = [JSONSelection.Entry(field: 0, parent: 0, isVerbatim: false, isPresenceOnly: false)]
        _ = add(root, to: 0)
    }

    private mutating func add(_ node: JSONSelection.Node, to parent: UInt16) -> UInt16 {
        let entry = UInt16(entries.count)
        entries.append(
            JSONSelection.Entry(
                field: node.field,
                parent: parent,
                isVerbatim: node.isVerbatim,
                isPresenceOnly: node.isPresenceOnly
            )
        )
        var members: [JSONSelection.Slot] = []
        var known: Set<[UInt8]> = []
        for (name, node) in node.members {
            let member = add(node, to: entry)
            // The first of equal names counts.
            guard name.utf8.count <= JSONSelection.maximumNameLength, known.insert(Array(name.utf8)).inserted
            else { continue }
            members.append(slot(of: name, entry: member))
        }
        if !members.isEmpty { lay(members, of: entry) }
        if let element = node.elements.first { entries[Int(entry)].element = add(element, to: entry) }
        return entry
    }

    private mutating func slot(of name: String, entry: UInt16) -> JSONSelection.Slot {
        let bytes = Array(name.utf8)
        let offset = names.count
        names += bytes
        let word = bytes.reversed().suffix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        return JSONSelection.Slot(word: word, offset: Int32(offset), length: UInt16(bytes.count), entry: entry)
    }

    /// Adds the hash table of an object's members, at most half full, with the seed of the fewest collisions.
    private mutating func lay(_ members: [JSONSelection.Slot], of entry: UInt16) {
        var count = 2
        while count < members.count * 2 { count *= 2 }
        var best: (slots: [JSONSelection.Slot], seed: UInt64, steps: Int)?
        var seed: UInt64 = 0x9e37_79b9_7f4a_7c15
        for _ in 0..<32 where best?.steps != 0 {
            let (slots, steps) = Self.table(members, count, seed)
            if steps < best?.steps ?? .max { best = (slots, seed, steps) }
            seed = seed &* 0xd134_2543_de82_ef95 | 1
        }
        guard let best else { return }
        entries[Int(entry)].firstSlot = Int32(slots.count)
        entries[Int(entry)].slotMask = Int32(count - 1)
        entries[Int(entry)].seed = best.seed
        for member in members {
            let first = member.length == 0 ? UInt8(ascii: "\"") : names[Int(member.offset)]
            entries[Int(entry)].glances |= JSONSelection.glance(first, Int(member.length))
        }
        slots += best.slots
    }

    /// The table for a seed, and the number of steps by which collisions displace its members.
    private static func table(
        _ members: [JSONSelection.Slot],
        _ count: Int,
        _ seed: UInt64
    ) -> (slots: [JSONSelection.Slot], steps: Int) {
        var slots = [JSONSelection.Slot](repeating: JSONSelection.Slot(), count: count)
        var steps = 0
        for member in members {
            var place = JSONSelection.hash(member.word, Int(member.length), seed) & (count - 1)
            while slots[place].entry != 0 {
                place = (place + 1) & (count - 1)
                steps += 1
            }
            slots[place] = member
        }
        return (slots, steps)
    }
}
