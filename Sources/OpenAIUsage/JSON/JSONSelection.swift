/// The members of a JSON document that a scanner reports, compiled into flat tables.
///
/// A document is walked along the selection; members that it does not name are skipped without being read.
///
/// SAFETY: the tables are filled by the initializer, only read afterwards, and freed with the object, which owns them.
package final class JSONSelection: @unchecked Sendable {
    /// A place in a document, and what is reported of its value.
    package struct Node: Sendable {
        /// The number under which the value is reported; 0 to report nothing.
        package var field: UInt16
        /// The selected members, if the value is an object.
        package var members: [(name: String, node: Node)]
        /// The elements, if the value is an array; empty or one.
        package var elements: [Node]
        /// True if the value's verbatim text is collected.
        package var isVerbatim: Bool
        /// True if the text of a string is never reported, only its emptiness and its number of scalars.
        package var isPresenceOnly: Bool

        /// Creates a node for a value, with its members if it is an object and its elements if it is an array.
        package init(
            field: UInt16 = 0,
            members: [(name: String, node: Node)] = [],
            elements: Node? = nil,
            isVerbatim: Bool = false,
            isPresenceOnly: Bool = false
        ) {
            self.field = field
            self.members = members
            self.elements = elements.map { [$0] } ?? []
            self.isVerbatim = isVerbatim
            self.isPresenceOnly = isPresenceOnly
        }
    }

    struct Entry: Sendable {
        var field: UInt16
        /// The entry of the container in which this one is selected.
        var parent: UInt16
        var element: UInt16 = 0
        var isVerbatim: Bool
        var isPresenceOnly: Bool
        /// The index of its members' first slot.
        var firstSlot: Int32 = 0
        /// The number of slots, a power of two, minus one; 0 without members.
        var slotMask: Int32 = 0
        /// The hash seed that spreads its members' names best over the slots.
        var seed: UInt64 = 0
        /// The bloom bits of its members' names, which exclude most names that are not selected.
        var glances: UInt64 = 0
    }

    /// A slot in the hash table of an object's names.
    struct Slot: Sendable {
        /// The first eight bytes of the name, the first byte in the lowest bits, padded with zeros.
        var word: UInt64 = 0
        /// The offset of the name in ``names``.
        var offset: Int32 = 0
        var length: UInt16 = 0
        /// The member's entry; 0 in an empty slot.
        var entry: UInt16 = 0
    }

    /// The longest selected name; a longer one matches nothing.
    static let maximumNameLength = 64

    let entries: UnsafePointer<Entry>
    private let slots: UnsafePointer<Slot>
    private let names: UnsafePointer<UInt8>

    /// Creates a selection from its root; entry 0 is "not selected", entry 1 the root.
    package init(_ root: Node) {
        var compiler = JSONSelectionCompiler()
        compiler.compile(root)
        entries = Self.table(compiler.entries)
        slots = Self.table(compiler.slots)
        names = Self.table(compiler.names)
    }

    deinit {
        entries.deallocate()
        slots.deallocate()
        names.deallocate()
    }

    /// The entry of an object's member; 0 if it is not selected.
    ///
    /// - Parameters:
    ///   - parent: The object's entry.
    ///   - base: The bytes that contain the name.
    ///   - start: The start of the name.
    ///   - end: The end of the name.
    ///   - count: The number of bytes.
    /// - Returns: The member's entry.
    @inline(__always)
    func entry(of parent: UInt16, in base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ count: Int) -> UInt16 {
        let parent = entries + Int(parent)
        let length = end &- start
        guard parent.pointee.glances & Self.glance(base[start], length) != 0 else { return 0 }
        return slot(of: parent, base + start, length, available: count &- start)
    }

    private func slot(
        of parent: UnsafePointer<Entry>,
        _ name: UnsafePointer<UInt8>,
        _ length: Int,
        available: Int
    ) -> UInt16 {
        let slots = slots + Int(parent.pointee.firstSlot)
        let mask = Int(parent.pointee.slotMask)
        let word = Self.firstWord(name, length, available: available)
        var place = Self.hash(word, length, parent.pointee.seed) & mask
        while true {
            let slot = slots + place
            if slot.pointee.entry == 0 { return 0 }
            if slot.pointee.word == word, Int(slot.pointee.length) == length,
                length <= 8 || isName(slot.pointee, name)
            {
                return slot.pointee.entry
            }
            place = (place &+ 1) & mask
        }
    }

    /// The bloom bit of a name, one of 64, by its length and its first byte (the closing quote of an empty one).
    @inline(__always)
    static func glance(_ first: UInt8, _ length: Int) -> UInt64 {
        1 << UInt64(truncatingIfNeeded: (Int(first) &+ length &* 11) & 63)
    }

    /// True if a name of more than eight bytes is the slot's, given that its length and its first eight bytes are.
    @inline(__always)
    private func isName(_ slot: Slot, _ name: UnsafePointer<UInt8>) -> Bool {
        let known = UnsafeRawPointer(names + Int(slot.offset))
        let name = UnsafeRawPointer(name)
        let last = Int(slot.length) &- 8
        var offset = 8
        while offset < last {
            guard
                known.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    == name.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            else { return false }
            offset &+= 8
        }
        return known.loadUnaligned(fromByteOffset: last, as: UInt64.self)
            == name.loadUnaligned(fromByteOffset: last, as: UInt64.self)
    }

    /// The first eight bytes of a name in the form of a slot.
    @inline(__always)
    static func firstWord(_ name: UnsafePointer<UInt8>, _ length: Int, available: Int) -> UInt64 {
        if available >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(name).loadUnaligned(as: UInt64.self))
            return length >= 8 ? word : word & ~(~0 << UInt64(truncatingIfNeeded: length &* 8))
        }
        var word: UInt64 = 0
        var index = min(length, 8)
        while index > 0 {
            index &-= 1
            word = word << 8 | UInt64(name[index])
        }
        return word
    }

    @inline(__always)
    static func hash(_ word: UInt64, _ length: Int, _ seed: UInt64) -> Int {
        Int(truncatingIfNeeded: (word &+ UInt64(truncatingIfNeeded: length)) &* seed >> 48)
    }

    private static func table<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
        let table = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        for (index, element) in elements.enumerated() { (table + index).initialize(to: element) }
        return UnsafePointer(table)
    }
}
