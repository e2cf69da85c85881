extension JSONConformanceCases {
    private static func nested(
        _ start: String,
        _ count: Int,
        _ middle: String,
        _ end: String,
        _ ends: Int? = nil
    ) -> Fragment {
        .bytes(
            Array((String(repeating: start, count: count) + middle + String(repeating: end, count: ends ?? count)).utf8)
        )
    }

    static let arrays: [Entry] = [
        ("empty", "[]"), ("a blank in it", "[ ]"), ("all blanks in it", "[\t\n\r ]"), ("blanks around it", " \t[]\r\n"),
        ("an empty string in it", #"[""]"#),
        ("one in it", "[[]]"), ("blanks between", "[ [ ]  ]"), ("two in it", "[[],[]]"),
        ("elements of all kinds", #"[ null , 7, "7",true,{ },[ ] ]"#),
        ("a line behind it", "[\"x\"]\n"), ("a line in it", "[7\n]"), ("a blank before it", " [7]"),
        ("a blank behind it", "[7] "),
        ("many nulls", "[7,null,null,null,null,8]"), ("nested elements", "[[7],[[8]],[]]"),
        ("objects in it", "[{},{},{ }]"), ("false in it", "[false]"),
        ("500 deep", nested("[", 500, "", "]")), ("as deep as is read", nested("[", 1_024, "", "]")),
        ("as deep as is read, with objects", nested(#"[{"a":"#, 512, "7", "}]")),
        ("many elements", "[\(String(repeating: "7,", count: 2_000))7]"),
    ]

    static let badArrays: [Entry] = [
        ("a comma in it", "[,]"), ("two commas in it", "[,,]"), ("a comma before an element", "[,7]"),
        ("a comma before an element, with blanks", "[  , 7]"),
        ("a comma behind an element", "[7,]"), ("a comma behind an empty string", #"["",]"#),
        ("two commas behind an element", #"["a",,]"#), ("two commas between", "[7,,8]"),
        ("a comma behind it", "[7],"), ("an element behind it", "[7],8"), ("an end more", "[7]]"),
        ("an end more, with an array", "[[]]]"), ("two ends more", "[7]]]"),
        ("no comma between", "[7 true]"), ("no comma before an array", "[7[8]]"),
        ("no comma before an object", "[7{}]"), ("no comma between strings", #"["a" "b"]"#),
        ("a semicolon between", "[7;8]"), ("a colon between", "[7:8]"), ("a colon in it", "[:]"),
        ("a name in it", #"["": 7]"#), ("a name in it with a value", #"["a":7,"b":8]"#),
        ("the end of an object", "[}"), ("the end of an object behind an element", "[7}"),
        ("an object that is not ended", "[{]"), ("crossed ends", "[{]}"),
        ("a star in it", "[*]"), ("a comment in it", "[/**/7]"), ("a comment behind it", "[7]//"),
        ("a hash in it", "[#]"), ("a text behind it", "[7]x"),
        ("another behind it", "[][]"), ("another behind a blank", "[7] [8]"),
        ("a comma of another script", "[7\u{ff0c}8]"), ("NUL in it", "[\0]"), ("NUL behind it", "[7]\0"),
        ("a vertical tab in it", "[\u{b}7]"), ("a form feed in it", "[\u{c}]"),
        ("an escape for a form feed", #"[7\f]"#), ("a hard blank in it", "[\u{a0}7]"),
        ("a word joiner in it", "[\u{2060}]"),
        ("a separator in it", "[\u{2028}]"), ("a mark in it", "[\u{feff}]"), ("a bad byte in it", [0x5b, 0xff, 0x5d]),
        ("a bad byte behind it", [0x5b, 0x5d, 0xe6]), ("a control in it", "[\u{1}7]"),
        ("deeper than is read", nested("[", 1_025, "", "]")),
        ("a hundred thousand starts", nested("[", 100_000, "", "", 0)),
        ("fifty thousand starts with objects", nested(#"[{"":"#, 50_000, "", "", 0)),
    ]

    static let objects: [Entry] = [
        ("empty", "{}"), ("a blank in it", "{ }"), ("lines in it", "{\n}"), ("a member", #"{"a":7}"#),
        ("two members", #"{"a":"x","b":"y"}"#), ("two members with blanks", #"{ "a" : "x" , "b" : "y" }"#),
        ("lines between", "{\n\"a\":\n7\r\n,\t\"b\": 8\n}"), ("the same name twice", #"{"a":7,"a":8}"#),
        ("the same member twice", #"{"a":7,"a":7}"#), ("an empty name", #"{"":7}"#), ("a blank name", #"{" ":7}"#),
        ("a name with NUL by number", #"{"a\u0000b":7}"#), ("a name with escapes", #"{"\"\\\n\u0061":7}"#),
        ("a name with a pair", #"{"\ud83d\ude80":7}"#), ("a name beyond ASCII", "{\"\u{e6}\u{20ac}\u{1f680}\":7}"),
        ("values of all kinds", #"{"a":null,"b":true,"c":-7.5e+8,"d":"x","e":[],"f":{}}"#),
        ("an object in it", #"{"a":{"b":{"c":{}}}}"#), ("arrays in it", #"{"a":[{"b":[7]}]}"#),
        ("extreme numbers", #"{"a":-1.5e+300,"b":1.5e+300}"#),
        (
            "long strings",
            #"{"a":[{"id":"\#(String(repeating: "y", count: 80))"}],"id":"\#(String(repeating: "z", count: 80))"}"#
        ),
        ("another script by number", #"{"a":"\u041c\u0438\u0440 \u043d\u0430\u043c"}"#),
        ("names that look like structure", #"{"{":"}","[":"]",":":","}"#), ("lines around it", "\r\n\r\n{\"a\":7}\n"),
        ("as deep as is read", nested(#"{"a":"#, 1_023, "{}", "}")),
        ("many members", "{\((0..<400).map { "\"a\($0)\":\($0)" }.joined(separator: ","))}"),
    ]

    static let badObjects: [Entry] = [
        ("a comma in it", "{,}"), ("a comma before a member", #"{,"a":7}"#), ("a comma behind a member", #"{"a":7,}"#),
        ("two commas behind a member", #"{"a":7,,}"#), ("many commas behind a member", #"{"a":7,,,,,}"#),
        ("two commas between", #"{"a":7,,"b":8}"#), ("no comma between", #"{"a":7 "b":8}"#),
        ("a semicolon between", #"{"a":7;"b":8}"#), ("a name alone", #"{"a"}"#),
        ("a name alone behind a member", #"{"a":7,"b"}"#), ("a value alone", "{7}"),
        ("a value behind a member", #"{"a":7,8}"#), ("no colon", #"{"a" 7}"#),
        ("no colon before a letter", #"{"a" b}"#), ("no colon before a string", #"{"a" "b"}"#),
        ("a comma for the colon", #"{"a",7}"#), ("an equals sign for the colon", #"{"a"=7}"#),
        ("two colons", #"{"a"::7}"#), ("a second value", #"{"a":7:8}"#), ("two values", #"{"a":7 8}"#),
        ("a string and a number", #"{"a":"b" 7}"#), ("no value", #"{"a":}"#),
        ("no value before a comma", #"{"a":,"b":7}"#), ("no name", #"{:7}"#), ("a bracket for the name", #"{[:7}"#),
        ("an array for the name", "{[]:7}"), ("an object for the name", "{{}:7}"), ("a number for the name", "{7:8}"),
        ("a large number for the name", "{7777E7777:8}"), ("null for the names", "{null:null,null:null}"),
        ("true for the name", "{true:7}"),
        ("a name without quotes", "{a:7}"), ("a name without quotes and a string", "{a: \"b\"}"),
        ("a name in apostrophes", "{'a':7}"), ("a value in apostrophes", #"{"a":'b'}"#),
        ("all in apostrophes", "{'a':'b'}"), ("a name and a value without quotes", "{a:b}"),
        ("a value without quotes", #"{"a":b}"#),
        ("an emoji for the name", "{\u{1f680}:7}"), ("flags in it", "{\u{1f1e9}\u{1f1ea}}"),
        ("the end of an array", "{]"), ("the end of an array behind a member", #"{"a":7]"#),
        ("the end of an array behind a comma", #"{"a":true,]"#), ("crossed ends", #"{"a":[}]"#),
        ("an end more", #"{"a":7}}"#), ("an end more of an empty one", "{}}"),
        ("a comma behind it", #"{"a":7},"#), ("a comment behind it", #"{"a":7}/**/"#),
        ("an open comment behind it", #"{"a":7}/**//"#), ("a line comment behind it", #"{"a":7}//"#),
        ("a slash behind it", #"{"a":7}/"#), ("a comment in it", #"{"a":/* b */7}"#),
        ("a hash behind it", #"{"a":7}#"#),
        ("a hash and an object behind it", #"{"a":7}#{}"#), ("a string behind it", #"{"a":true} "b""#),
        ("another behind it", "{}{}"),
        ("a bad byte in a name, and a comma behind", Fragment.bytes([0x7b, 0x22, 0x9f, 0x22, 0x3a, 0x37, 0x2c, 0x7d])),
        ("a bad byte in it", [0x7b, 0xff, 0x7d]),
        ("a line feed in a name", "{\"a\nb\":7}"), ("a wide blank behind it", "{\"a\":7}\u{3000}"),
        ("deeper than is read", nested(#"{"a":"#, 1_024, "{}", "}")),
        ("fifty thousand starts", nested(#"{"a":"#, 50_000, "", "", 0)),
    ]

    static let structures: [Entry] = [
        ("a string alone", #""text""#), ("an empty string alone", #""""#), ("a number alone", "47"),
        ("a negative fraction alone", "-0.25"), ("true alone", "true"), ("false alone", "false"),
        ("null alone", "null"), ("a line behind a string", "\"x\"\n"),
        ("blanks before a number", "\t\r\n 47"), ("blanks behind a number", "47 \n"),
        ("blank lines, as a proxy sends them to keep a call alive", "\n\n\n\n{\"a\":7}"),
        (
            "a long run of blanks",
            "\(String(repeating: " \n", count: 3_000))[7]\(String(repeating: "\t", count: 3_000))"
        ),
    ]

    static let badStructures: [Entry] = [
        ("nothing", ""), ("a blank", " "), ("lines", "\n\r\n"), ("a comma", ","), ("a colon", ":"),
        ("the end of an array", "]"), ("the end of an object", "}"), ("a star", "*"), ("a backslash", "\\"),
        ("an escape", #"\u000A"#), ("a slash", "/"), ("a comment", "/* x */"), ("a hash", "#"), ("a quote", "\""),
        ("an apostrophe", "'"), ("an angle bracket", "<"), ("angle brackets", "<.>"),
        ("null in angle brackets", "<null>"), ("HTML", "<!doctype html><html></html>"),
        ("a sentence", "upstream connect error"), ("the marker of a stream", "[DONE]"), ("two numbers", "4 7"),
        ("two literals", "true false"),
        ("a number and an object", "7{}"), ("an array and a letter", "[]a"), ("a string and an array", #""a"[]"#),
        ("a letter behind a number", "7x"), ("an at sign behind a number", "7@"), ("NUL", "\0"),
        ("NUL behind a number", "471\0"), ("NUL before an array", "\0[]"), ("a control before an array", "\u{1f}[]"),
        ("a letter beyond ASCII", "\u{e6}"), ("a word beyond ASCII", "a\u{e6}"), ("a letter of Latin 1", [0xe6]),
        ("a bad byte", [0xff]), ("a bad byte behind a number", [0x37, 0xff]), ("a wide blank", "\u{3000}7"),
        ("a separator behind it", "7\u{2028}"), ("a word joiner", "\u{2060}"),
        ("lines of JSON", "{\"a\":7}\n{\"a\":8}\n"),
        ("an assignment", "a = {}"), ("a call", "callback({})"), ("a guard against scripts", ")]}',\n{}"),
        ("parentheses", "(7)"), ("starts with strings between", #"["\{["\{["\{["\{"#),
    ]

    static let unfinished: [Entry] = [
        ("an array", "["), ("an array with an element", "[7"), ("an array with a comma", "[7,"),
        ("an array with a blank", "[ "), ("an array with lines", "[\"a\",\n7\n,8,"),
        ("an array with a line", "[7,\n8\n,9"), ("an array in an array", "[[]"), ("an empty string", #"[""#),
        ("an array with a string", #"["a""#),
        ("an array with half a string", #"["ab"#), ("an array with an escape", #"["\"#),
        ("an array with half a number of an escape", #"["\u00"#), ("an array with an object", "[{}"),
        ("an array with the start of one", "[{"), ("an array with half true", "[ false, tru"),
        ("an array with half false", "[ true, fals"), ("an array with half null", "[ true, nul"),
        ("an array with a letter", "[x"), ("an array with a minus", "[-"), ("an array with a point", "[7."),
        ("an array with an exponent", "[7e"), ("an array with a comma first", "[,"),
        ("an array with an apostrophe", "['"), ("an object", "{"), ("an object with a quote", "{\""),
        ("an object with half a name", #"{"ab"#), ("an object with a name", #"{"a""#),
        ("an object with a colon", #"{"a":"#), ("an object with half a value", #"{"a":"b"#),
        ("an object with a value", #"{"a":"b""#), ("an object with a comma", #"{"a": true,"#),
        ("an object with a comma first", "{,"), ("an object with an array", "{["),
        ("an object with an apostrophe", "{'a'"), ("an object with an array as value", #"{"a":["#),
        ("an object in an object", #"{"a":{"b":7}"#), ("a string", #""text"#), ("a string with an escape", #""text\"#),
        ("half true", "tru"), ("half false", "fals"), ("half null", "nul"), ("a minus", "-"), ("a fraction", "47."),
        ("an exponent", "47e"), ("an exponent's sign", "47e-"),
    ]

    static let encodings: [Entry] = [
        ("a mark alone", [0xef, 0xbb, 0xbf]), ("a mark before an object", [0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
        ("a mark before a number", [0xef, 0xbb, 0xbf, 0x37]), ("half a mark", [0xef, 0xbb, 0x7b, 0x7d]),
        ("a third of a mark", [0xef, 0x7b, 0x7d]), ("a mark behind it", [0x7b, 0x7d, 0xef, 0xbb, 0xbf]),
        ("UTF-16, low byte first, with a mark", [0xff, 0xfe, 0x5b, 0, 0x22, 0, 0xe6, 0, 0x22, 0, 0x5d, 0]),
        ("UTF-16, high byte first, with a mark", [0xfe, 0xff, 0, 0x5b, 0, 0x22, 0, 0xe6, 0, 0x22, 0, 0x5d]),
        ("UTF-16, low byte first", [0x5b, 0, 0x22, 0, 0xe6, 0, 0x22, 0, 0x5d, 0]),
        ("UTF-16, high byte first", [0, 0x5b, 0, 0x22, 0, 0xe6, 0, 0x22, 0, 0x5d]),
        ("UTF-32, low byte first, with a mark", [0xff, 0xfe, 0, 0, 0x5b, 0, 0, 0, 0x5d, 0, 0, 0]),
        ("UTF-32, high byte first", [0, 0, 0, 0x5b, 0, 0, 0, 0x5d]), ("gzip", [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3]),
    ]
}
