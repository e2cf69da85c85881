import CByteScan
import Foundation
import OpenAIUsageTestSupport
import Testing

/// The searches find what a loop over the bytes finds, and look at nothing beyond the end.
struct ByteScanTests {
    /// Bytes between two pages that cannot be read: a search that goes too far ends the process.
    private final class Page {
        private let pages: UnsafeMutableRawPointer
        private static let size = Int(sysconf(Int32(_SC_PAGESIZE)))

        init() throws {
            let pages = mmap(nil, 3 * Self.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            self.pages = try #require(pages != MAP_FAILED ? pages : nil)
            #expect(mprotect(self.pages, Self.size, PROT_NONE) == 0)
            #expect(mprotect(self.pages + 2 * Self.size, Self.size, PROT_NONE) == 0)
        }

        deinit { munmap(pages, 3 * Self.size) }

        /// Puts bytes at the start or at the end of the page.
        func hold(_ bytes: [UInt8], atEnd: Bool) -> UnsafePointer<UInt8> {
            let start = pages + (atEnd ? 2 * Self.size - bytes.count : Self.size)
            bytes.withUnsafeBytes {
                start.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(start), byteCount: $0.count)
            }
            return UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
        }
    }

    private static func first(_ bytes: [UInt8], _ start: Int, where isSought: (UInt8) -> Bool) -> Int {
        bytes[start...].firstIndex(where: isSought) ?? bytes.count
    }

    /// What follows a string's text, by its rules one byte at a time.
    private static func endOfText(_ bytes: [UInt8], _ start: Int) -> Int {
        var index = start
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                if bytes[index] == UInt8(ascii: "\"") || bytes[index] < 0x20 { return index }
                index += 1
                continue
            }
            guard index + 1 < bytes.count else { return index }
            if "\"\\/bfnrt".utf8.contains(bytes[index + 1]) {
                index += 2
            } else if bytes[index + 1] == UInt8(ascii: "u"), index + 6 <= bytes.count,
                bytes[index + 2..<index + 6].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 })
            {
                index += 6
            } else {
                return index
            }
        }
        return index
    }

    @Test(arguments: 0..<4)
    func `Every search agrees with a plain loop, wherever it starts and ends`(batch: Int) throws {
        var random = SplitMix64(seed: UInt64(0xb17e + batch))
        let page = try Page()
        let alphabets = [
            Array("abcdefgh \"".utf8), Array("x\\\"nu0aF/\n".utf8), Array(" \t\n\r,".utf8), Array("ab\r\n".utf8),
            Array(0...255), Array("\u{e9}\u{20ac}\u{1f600}a".utf8),
            Array(repeating: UInt8(ascii: "x"), count: 60) + [0x22, 0x5c],
        ]
        for length in 0...140 {
            let alphabet = alphabets[(length + batch) % alphabets.count]
            // Rare marks make long ways, frequent ones short ways.
            let rarity = Int.random(in: 1...60, using: &random)
            let bytes: [UInt8] = (0..<length).map { _ in
                Int.random(in: 0..<rarity, using: &random) == 0 ? alphabet.randomElement(using: &random) ?? 0 : 0x78
            }
            for base in [page.hold(bytes, atEnd: true), page.hold(bytes, atEnd: false)] {
                for start in 0...length {
                    let plain = Self.first(bytes, start) { $0 == 0x22 || $0 == 0x5c || $0 < 0x20 }
                    #expect(cbytescan_end_of_plain_text(base, start, length) == plain)
                    #expect(cbytescan_end_of_text(base, start, length) == Self.endOfText(bytes, start))
                    #expect(
                        cbytescan_end_of_line(base, start, length)
                            == Self.first(bytes, start) { $0 == 0x0a || $0 == 0x0d }
                    )
                    #expect(cbytescan_first(base, start, length, 0x0d) == Self.first(bytes, start) { $0 == 0x0d })
                    #expect(
                        cbytescan_end_of_blanks(base, start, length)
                            == Self.first(bytes, start) { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
                    )
                    #expect(
                        cbytescan_scalars(base, start, length) == bytes[start...].count { $0 & 0xc0 != 0x80 }
                    )
                }
            }
        }
    }

    @Test
    func `Texts are compared up to their first difference`() throws {
        var random = SplitMix64(seed: 0xc0_de)
        let page = try Page()
        for length in 0...140 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let base = page.hold(bytes, atEnd: true)
            #expect(cbytescan_common_length(base, bytes, length) == length)
            for difference in 0..<length {
                var other = bytes
                other[difference] ^= 1
                if difference + 1 < length, Bool.random(using: &random) { other[difference + 1] ^= 0x80 }
                #expect(cbytescan_common_length(base, other, length) == difference)
            }
        }
    }

    @Test
    func `A number is found at one glance, or not at all`() throws {
        var random = SplitMix64(seed: 0x17_5eed)
        let page = try Page()
        let alphabet = Array("0123456789012345678901.eE-+".utf8)
        let number = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/
        var found = 0
        for _ in 0..<4_000 {
            let text = (0..<Int.random(in: 1...34, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            let padding = Array(repeating: UInt8(ascii: ","), count: Int.random(in: 0...40, using: &random))
            let bytes = text + padding
            let base = page.hold(bytes, atEnd: true)
            let end = cbytescan_end_of_number(base, 0, bytes.count)
            let expected = String(decoding: text, as: UTF8.self).prefixMatch(of: number)?.0.utf8.count ?? 0
            if end > 0 {
                found += 1
                #expect(end == expected, "\(String(decoding: bytes, as: UTF8.self))")
            } else {
                // None, one that goes on in a way that it may not, or one too long or too near the end to be told.
                let next = expected < text.count ? text[expected] : 0
                #expect(
                    expected == 0 || expected >= 28 || bytes.count < 32
                        || "0123456789.eE".utf8.contains(next),
                    "\(String(decoding: bytes, as: UTF8.self))"
                )
            }
        }
        #expect(found > 1_000)
    }

    @Test
    func `Numbers are passed over up to the last that is whole`() throws {
        var random = SplitMix64(seed: 0xa77a)
        let page = try Page()
        let numbers = ["0", "-1", "0.0123", "-4.5e-05", "1E+7", "123456789012"]
        let separators = [",", ", ", ",\n        ", ",\r\n\t"]
        for _ in 0..<500 {
            var text = ""
            var ends: [Int] = []
            for index in 0..<Int.random(in: 1...20, using: &random) {
                if index > 0 { text += separators.randomElement(using: &random) ?? "," }
                text += numbers.randomElement(using: &random) ?? "0"
                ends.append(text.utf8.count)
            }
            text += ["]", ",x", ",[1]", " ,1]", ",01]"].randomElement(using: &random) ?? "]"
            let bytes = text.bytes + Array(repeating: 0x20, count: Int.random(in: 0...40, using: &random))
            let end = cbytescan_end_of_numbers(page.hold(bytes, atEnd: true), 0, bytes.count)
            #expect(end == 0 || ends.contains(end), "\(text)")
            // The last are left to others only where the end is near.
            if bytes.count - text.utf8.count >= 32 { #expect(end == ends.last, "\(text)") }
        }
    }
}
