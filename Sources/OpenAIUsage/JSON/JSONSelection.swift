/// The members of a JSON document that a scan reports, compiled into flat tables.
///
/// A document is walked along the selection: what it does not name is skipped without being looked at.
package final class JSONSelection: Sendable {
    /// A place in a document, and what is to be reported of it.
    package struct Node: Sendable {
        /// The number by which the value is reported; 0 reports nothing.
        package var field: UInt16
        /// The selected members, if the value is an object.
        package var members: [(name: String, node: Node)]
        /// The elements, if the value is an array; empty or one.
        package var elements: [Node]
        /// Whether the value's own text is collected.
        package var isVerbatim: Bool
        /// Whether of a string only its emptiness is reported, never its text.
        package var isPresenceOnly: Bool

        /// Selects a value, with its members if it is an object and its elements if it is an array.
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
        var firstMember: Int32
        var memberCount: Int32
        var element: Int32
        var isVerbatim: Bool
        var isPresenceOnly: Bool
    }

    struct Member: Sendable {
        var offset: Int32
        var length: Int32
        var entry: Int32
    }

    /// The longest selected name; a longer one in a document matches nothing.
    static let maximumNameLength = 64

    let entries: [Entry]
    let members: [Member]
    let names: [UInt8]

    /// Compiles a selection; entry 0 is "not selected", entry 1 the root.
    package init(_ root: Node) {
        var compiler = Compiler()
        compiler.entries.append(
            Entry(field: 0, firstMember: 0, memberCount: 0, element: 0, isVerbatim: false, isPresenceOnly: false)
        )
        _ = compiler.add(root)
        entries = compiler.entries
        members = compiler.members
        names = compiler.names
    }

    /// The entry of an object's member, 0 if it is not selected.
    @inline(__always)
    func entry(of parent: Int32, named name: UnsafePointer<UInt8>, length: Int) -> Int32 {
        let parent = entries[Int(parent)]
        var index = Int(parent.firstMember)
        let end = index + Int(parent.memberCount)
        while index < end {
            let member = members[index]
            if Int(member.length) == length {
                let offset = Int(member.offset)
                var position = 0
                while position < length, names[offset + position] == name[position] { position += 1 }
                if position == length { return member.entry }
            }
            index += 1
        }
        return 0
    }

    private struct Compiler {
        var entries: [Entry] = []
        var members: [Member] = []
        var names: [UInt8] = []

        mutating func add(_ node: Node) -> Int32 {
            let index = entries.count
            entries.append(
                Entry(
                    field: node.field,
                    firstMember: 0,
                    memberCount: 0,
                    element: 0,
                    isVerbatim: node.isVerbatim,
                    isPresenceOnly: node.isPresenceOnly
                )
            )
            let children = node.members.map { (name: $0.name, entry: add($0.node)) }
            entries[index].firstMember = Int32(members.count)
            entries[index].memberCount = Int32(children.count)
            for child in children {
                members.append(
                    Member(offset: Int32(names.count), length: Int32(child.name.utf8.count), entry: child.entry)
                )
                names.append(contentsOf: child.name.utf8)
            }
            if let element = node.elements.first { entries[index].element = add(element) }
            return Int32(index)
        }
    }
}
