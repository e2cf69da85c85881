/// What the known suites of JSON documents ask of a parser, class by class, in texts of our own.
///
/// A value stands by itself, in arrays, and under a name, so that what ends it is each time another byte.
enum JSONConformanceCases {
    struct Case: Sendable {
        /// What is shown.
        var entry: String
        /// The same, with where it stands.
        var name: String
        var bytes: [UInt8]
        var isAccepted: Bool
    }

    struct Group: Sendable, CustomStringConvertible {
        var description: String
        var cases: [Case]
    }

    /// A text or bytes with what they show.
    typealias Entry = (name: String, text: Fragment)

    /// Part of a document.
    enum Fragment: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral {
        case bytes([UInt8])

        init(stringLiteral text: String) { self = .bytes(Array(text.utf8)) }
        init(arrayLiteral bytes: UInt8...) { self = .bytes(bytes) }

        var bytes: [UInt8] {
            switch self {
            case .bytes(let bytes): bytes
            }
        }
    }

    static let groups: [Group] =
        [
            values("numbers that are allowed", numbers, isAccepted: true),
            values("numbers beyond what machines hold", hugeNumbers, isAccepted: true),
            values("numbers that are forbidden", badNumbers, isAccepted: false),
            values("bytes beyond ASCII in numbers", bytesInNumbers, isAccepted: false),
            values("literals", literals, isAccepted: true),
            values("what only looks like a literal", badLiterals, isAccepted: false),
            strings("strings that are allowed", texts, isAccepted: true),
            strings("halves of surrogate pairs, which become U+FFFD", halves, isAccepted: true),
            strings("strings that are no UTF-8, which is not looked at", badUTF8, isAccepted: true),
            strings("strings that are forbidden", badTexts, isAccepted: false),
            strings("control characters in strings", controls, isAccepted: false),
            values("strings without their quotes", badQuotes, isAccepted: false),
            documents("arrays", arrays, isAccepted: true),
            documents("arrays that are none", badArrays, isAccepted: false),
            documents("objects", objects, isAccepted: true),
            documents("objects that are none", badObjects, isAccepted: false),
            documents("whole documents", structures, isAccepted: true),
            documents("what is not a document", badStructures, isAccepted: false),
            documents("what is cut off", unfinished, isAccepted: false),
            documents("other encodings and marks", encodings, isAccepted: false),
        ]

    private static func documents(_ name: String, _ entries: [Entry], isAccepted: Bool) -> Group {
        Group(
            description: name,
            cases: entries.map { Case(entry: $0.name, name: $0.name, bytes: $0.text.bytes, isAccepted: isAccepted) }
        )
    }

    private static func values(_ name: String, _ entries: [Entry], isAccepted: Bool) -> Group {
        let places: [(name: String, start: String, end: String)] = [
            ("alone", "", ""), ("between blanks", "\r\n\t ", " \n"), ("in an array", "[", "]"),
            ("between elements", "[0 ,", ", null]"), ("last in nested arrays", "[[[1],", "] ]"),
            ("under a name", #"{"a":"#, "}"), ("under the first of two names", #"{ "a" : "#, #" , "b":[]}"#),
        ]
        let cases = entries.flatMap { entry in
            places.map { place in
                Case(
                    entry: entry.name,
                    name: "\(entry.name), \(place.name)",
                    bytes: Array(place.start.utf8) + entry.text.bytes + Array(place.end.utf8),
                    isAccepted: isAccepted
                )
            }
        }
        return Group(description: name, cases: cases)
    }

    private static func strings(_ name: String, _ entries: [Entry], isAccepted: Bool) -> Group {
        func quoted(_ entry: Entry) -> Entry { (entry.name, .bytes([0x22] + entry.text.bytes + [0x22])) }
        // Behind other text, so that words of eight bytes are cut elsewhere; and as a name, which is read apart.
        let later = entries.map { entry in
            (
                name: entry.name,
                text: Fragment.bytes(Array("12345".utf8) + entry.text.bytes + Array("lmnopqrs".utf8))
            )
        }
        let names = (entries + later).flatMap { entry in
            [(#"{""#, #"":1}"#), (#"{"a":0,""#, #"" : {}}"#)].map { start, end in
                Case(
                    entry: entry.name,
                    name: "\(entry.name), as a name",
                    bytes: Array(start.utf8) + entry.text.bytes + Array(end.utf8),
                    isAccepted: isAccepted
                )
            }
        }
        return Group(
            description: name,
            cases: values(name, (entries + later).map(quoted), isAccepted: isAccepted).cases + names
        )
    }
}
