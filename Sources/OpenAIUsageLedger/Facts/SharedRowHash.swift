/// A fast hash of shared rows, by which the writer finds the numbers of known ones; it is not stored in the file.
struct SharedRowHash {
    private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// Adds a number.
    mutating func add(_ number: UInt64) {
        value = (value ^ number) &* 0xff51_afd7_ed55_8ccd
        value ^= value >> 32
    }

    /// Adds a text; `nil` differs from an empty text.
    mutating func add(_ text: String?) {
        guard var text else { return add(0xa5) }
        text.withUTF8 { add($0) }
    }

    /// Adds bytes.
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        let raw = UnsafeRawBufferPointer(bytes)
        var index = 0
        while index &+ 8 <= raw.count {
            add(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index &+= 8
        }
        var rest = UInt64(truncatingIfNeeded: raw.count) << 56 | 1
        while index < raw.count {
            rest = rest << 8 ^ UInt64(raw[index])
            index &+= 1
        }
        add(rest)
    }

    /// Adds members regardless of their order.
    mutating func add(_ members: [String: String]) {
        var sum: UInt64 = UInt64(truncatingIfNeeded: members.count)
        for (key, value) in members {
            var hash = SharedRowHash()
            hash.add(key)
            hash.add(value)
            sum &+= hash.value
        }
        add(sum)
    }

    /// Returns the hash of a list of texts.
    static func hash(_ texts: some Sequence<String?>) -> UInt64 {
        var hash = SharedRowHash()
        for text in texts { hash.add(text) }
        return hash.value
    }
}

/// The numbers of shared rows by hash; rows with the same hash have consecutive places.
struct SharedRowIndex {
    private var numbers: [UInt64: Int32] = [:]

    /// Returns the number of the row with a hash that satisfies a condition.
    func number(_ hash: UInt64, where condition: (Int) -> Bool) -> Int? {
        var place = hash
        while let number = numbers[place] {
            if condition(Int(number)) { return Int(number) }
            place &+= 1
        }
        return nil
    }

    /// Adds the number of a new row.
    mutating func insert(_ number: Int, _ hash: UInt64) {
        var place = hash
        while numbers[place] != nil { place &+= 1 }
        numbers[place] = Int32(number)
    }
}
