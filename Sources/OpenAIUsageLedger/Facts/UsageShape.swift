import OpenAIUsage

/// The shape of a provider's usage object: its text without the integers, and the position of each counter among them.
///
/// A row stores only the integers, from which the text can be rebuilt byte for byte.
struct UsageShape: Sendable, Equatable {
    /// The most integers in an object.
    static let maximumCount = 40

    /// The text with `%s` for an integer and `%%` for a percent sign, as in SQLite's `printf`.
    var format: [UInt8]
    /// The index of each counter's integer; -1 for a counter that is not reported.
    let places: [Int8]
    /// The reported counters, as a bit set.
    private let counters: UInt32
    /// The text between the integers, one part after the other, and the ends of the parts.
    fileprivate let literals: [UInt8]
    fileprivate let ends: [Int]

    init(format: [UInt8], places: [Int8]) {
        self.format = format
        self.places = places
        var literals: [UInt8] = []
        var ends: [Int] = []
        var index = 0
        while index < format.count {
            let byte = format[index]
            index += 1
            guard byte == UInt8(ascii: "%"), index < format.count else {
                literals.append(byte)
                continue
            }
            if format[index] == UInt8(ascii: "%") { literals.append(byte) } else { ends.append(literals.count) }
            index += 1
        }
        ends.append(literals.count)
        (self.literals, self.ends) = (literals, ends)
        var counters: UInt32 = 0
        for (index, place) in places.enumerated() where place >= 0 { counters |= 1 << UInt32(index) }
        self.counters = counters
    }

    /// True if the integers give exactly the counters of a usage.
    func tells(_ usage: TokenUsage, _ numbers: borrowing UsageNumbers) -> Bool {
        guard usage.reported == counters else { return false }
        var isTold = true
        usage.forEachReported { index, value in
            let place = Int(places[index])
            if place >= numbers.count || numbers[place] != value { isTold = false }
        }
        return isTold
    }

    /// Finds places for the counters of a usage.
    ///
    /// - Parameters:
    ///   - usage: The counters.
    ///   - numbers: The integers.
    ///   - others: The places of shapes with the same format that do not match the usage; a counter whose integer differs there
    ///     gets a new place.
    /// - Returns: The places; `nil` if a counter is not among the integers.
    static func places(_ usage: TokenUsage, _ numbers: borrowing UsageNumbers, unlike others: [[Int8]]) -> [Int8]? {
        var places = [Int8](repeating: -1, count: TokenCounter.allCases.count)
        var taken: UInt64 = 0
        for counter in TokenCounter.allCases {
            guard let value = usage[counter] else { continue }
            // A place from another shape is preferred while it fits: of several equal integers one is right for every row.
            let known = others.lazy.map { Int($0[counter.index]) }
                .last { $0 >= 0 && $0 < numbers.count && numbers[$0] == value }
            var place = known
            if place == nil {
                for index in 0..<numbers.count where numbers[index] == value && taken & 1 << index == 0 {
                    place = index
                    break
                }
            }
            if place == nil {
                for index in 0..<numbers.count where numbers[index] == value {
                    place = index
                    break
                }
            }
            guard let place else { return nil }
            taken |= 1 << place
            places[counter.index] = Int8(place)
        }
        return places
    }

    /// Returns the usage for a list of integers.
    func usage(_ numbers: [Int64]) -> TokenUsage {
        var usage = TokenUsage()
        for counter in TokenCounter.allCases {
            let place = Int(places[counter.index])
            if place >= 0, place < numbers.count { usage[counter] = numbers[place] }
        }
        return usage
    }

    /// Returns the text with its integers.
    func text(_ numbers: [Int64]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(format.count + numbers.count * 3)
        var index = 0
        var number = 0
        while index < format.count {
            let byte = format[index]
            guard byte == UInt8(ascii: "%"), index + 1 < format.count else {
                bytes.append(byte)
                index += 1
                continue
            }
            if format[index + 1] == UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                if number < numbers.count { bytes += String(numbers[number]).utf8 }
                number += 1
            }
            index += 2
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Parses a list of integers such as `21,6,27`.
    static func numbers(_ text: UnsafeBufferPointer<UInt8>) -> [Int64] {
        var numbers: [Int64] = []
        guard !text.isEmpty else { return numbers }
        numbers.reserveCapacity(10)
        var value: Int64 = 0
        var isNegative = false
        for byte in text {
            switch byte {
            case UInt8(ascii: ","):
                numbers.append(isNegative ? 0 &- value : value)
                (value, isNegative) = (0, false)
            case UInt8(ascii: "-"): isNegative = true
            default: value = value &* 10 &+ Int64(byte &- 0x30)
            }
        }
        numbers.append(isNegative ? 0 &- value : value)
        return numbers
    }
}

/// The integers of a usage object, and its text without them.
struct UsageNumbers: ~Copyable {
    private var values: UnsafeMutablePointer<Int64>
    private(set) var count = 0
    private(set) var format: [UInt8] = []

    init() {
        values = .allocate(capacity: UsageShape.maximumCount)
        format.reserveCapacity(1_024)
    }

    deinit { values.deallocate() }

    subscript(index: Int) -> Int64 { values[index] }

    /// Splits a JSON text into its format and its integers.
    ///
    /// - Returns: False if the text cannot be rebuilt from them, or has too many integers.
    mutating func read(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        count = 0
        format.removeAll(keepingCapacity: true)
        var index = 0
        while index < text.count {
            let start = index
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                while index < text.count, text[index] != UInt8(ascii: "\"") {
                    index += text[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                index += 1
                guard index <= text.count else { return false }
                append(text, start..<index)
            case UInt8(ascii: "-"), 0x30...0x39:
                while index < text.count, Self.isOfNumber(text[index]) { index += 1 }
                if let value = Self.integer(text, start..<index) {
                    guard count < UsageShape.maximumCount else { return false }
                    values[count] = value
                    count += 1
                    format.append(UInt8(ascii: "%"))
                    format.append(UInt8(ascii: "s"))
                } else {
                    append(text, start..<index)
                }
            default: append(text, start..<index)
            }
        }
        return true
    }

    /// Reads the integers of a JSON text with the format of a shape, and writes them as stored in a row.
    ///
    /// - Returns: The number of bytes written; `nil` if the text has another format.
    mutating func read(
        _ text: UnsafeBufferPointer<UInt8>,
        as shape: borrowing UsageShape,
        into memory: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        guard shape.ends.count <= UsageShape.maximumCount + 1 else { return nil }
        count = 0
        var index = 0
        var length = 0
        var start = 0
        for (number, end) in shape.ends.enumerated() {
            guard index &+ (end &- start) <= text.count else { return nil }
            while start < end {
                guard shape.literals[start] == text[index] else { return nil }
                start &+= 1
                index &+= 1
            }
            if number == shape.ends.count - 1 { break }
            let first = index
            while index < text.count, Self.isOfNumber(text[index]) { index &+= 1 }
            guard first < index, let value = Self.integer(text, first..<index) else { return nil }
            values[count] = value
            count &+= 1
            if length > 0 {
                memory[length] = UInt8(ascii: ",")
                length &+= 1
            }
            for place in first..<index {
                memory[length] = text[place]
                length &+= 1
            }
        }
        return index == text.count ? length : nil
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        for index in range {
            let byte = text[index]
            format.append(byte)
            if byte == UInt8(ascii: "%") { format.append(byte) }
        }
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Returns an integer in canonical notation; `nil` for any other number.
    private static func integer(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int64? {
        let isNegative = text[range.lowerBound] == UInt8(ascii: "-")
        let digits = isNegative ? range.dropFirst() : range
        guard let first = digits.first, digits.count <= 18 else { return nil }
        if text[first] == 0x30, digits.count > 1 || isNegative { return nil }
        var value: Int64 = 0
        for index in digits {
            guard (0x30...0x39).contains(text[index]) else { return nil }
            value = value &* 10 &+ Int64(text[index] &- 0x30)
        }
        return isNegative ? -value : value
    }
}
