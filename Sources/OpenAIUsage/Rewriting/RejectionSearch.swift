/// An incremental search for the name of the usage option in the text of an error, in any spelling.
///
/// Servers write `stream_options`, `streamOptions`, `stream options`, `body.stream_options.include_usage`, or the parts
/// of a path. Case, underscores, hyphens, spaces and backslashes are ignored. Memory is constant for any length.
package struct RejectionSearch: Sendable {
    private static let names = ["streamoptions", "includeusage"].map { Array($0.utf8) }

    private var last: [UInt8] = []

    /// True if the name was found.
    package private(set) var isFound = false

    /// Creates a search at the start of a text.
    package init() {}

    /// Searches the next bytes of the text.
    package mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !isFound else { return }
        for byte in bytes {
            let letter: UInt8
            switch byte {
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "\\"): continue
            case 0x41...0x5a: letter = byte | 0x20
            default: letter = byte
            }
            if last.count == 13 { last.removeFirst() }
            last.append(letter)
            // Only a name's last letter can complete it.
            guard letter == UInt8(ascii: "s") || letter == UInt8(ascii: "e") else { continue }
            if Self.names.contains(where: { last.suffix($0.count).elementsEqual($0) }) {
                isFound = true
                return
            }
        }
    }
}
