extension JSONConformanceCases {
    // MARK: - Numbers

    static let numbers: [Entry] = [
        ("zero", "0"), ("zero below zero", "-0"), ("a digit", "7"), ("several digits", "4711"),
        ("a negative digit", "-3"),
        ("negative digits", "-80"), ("a fraction", "2.75"), ("a negative fraction", "-2.75"),
        ("a fraction of zero", "0.5"),
        ("zeros behind the point", "0.0034"), ("zeros at the end", "6.500"), ("a fraction that is zero", "9.0"),
        ("an exponent", "4e2"), ("a capital exponent", "4E2"), ("an exponent with a plus", "4e+2"),
        ("a capital exponent with a plus", "4E+2"), ("a negative exponent", "4e-2"),
        ("a capital negative exponent", "4E-2"),
        ("an exponent of several digits", "12e34"), ("an exponent that is zero", "5e0"),
        ("zeros before the exponent", "5e007"),
        ("zero with an exponent", "0e3"), ("zero with a capital exponent", "0E3"),
        ("zero with a signed exponent", "0e+3"),
        ("zero with a negative exponent", "0e-3"), ("a fraction with an exponent", "31.25e6"),
        ("a fraction with a capital exponent", "31.25E6"), ("a fraction with a negative exponent", "31.25e-6"),
        ("a fraction with a capital signed exponent", "-31.25E+06"), ("all digits", "1234567890"),
        ("close to zero", "-0.00000000000000000000000000000000000000000000000000000000000000000000004"),
        ("many digits behind the point", "0.3333333333333333333333333333333333333333333333"),
        ("the greatest of 64 bits", "9223372036854775807"), ("the least of 64 bits", "-9223372036854775808"),
        ("a large exponent that fits", "-7.5e+300"), ("a small exponent that fits", "7.5e-300"),
    ]

    static let hugeNumbers: [Entry] = [
        ("one more than 64 bits", "18446744073709551616"), ("less than 64 bits", "-9223372036854775809"),
        ("more digits than any type", "-555555555555555555555555555555555555555555555555"),
        ("more digits than are kept", "\(String(repeating: "8", count: 700))"),
        ("a fraction of more digits than are kept", "0.\(String(repeating: "8", count: 700))"),
        ("an exponent beyond a double", "3e8888"), ("a negative number beyond a double", "-3e8888"),
        ("a fraction beyond a double", "3.25e+8888"), ("a number too small for a double", "3e-8888"),
        ("a fraction too small for a double", "987.25e-765"),
        ("an exponent of many digits", "2.5e00777777777777777777777777"),
        ("a negative exponent of many digits", "4444e-100000"),
    ]

    static let badNumbers: [Entry] = [
        ("a sign alone", "-"), ("a plus alone", "+"), ("a plus", "+4"), ("two pluses", "++77"), ("two minuses", "--4"),
        ("a minus and a plus", "-+4"), ("a plus and a minus", "+-4"), ("a blank behind the sign", "- 4"),
        ("a zero before digits", "04"), ("zeros", "00"), ("a negative zero before digits", "-04"),
        ("zeros before digits", "0047"), ("a zero before digits of a fraction", "04.5"),
        ("nothing behind the point", "4."),
        ("nothing behind the point, negative", "-4."), ("zero and a point", "0."), ("nothing before the point", ".4"),
        ("nothing before the point, negative", "-.4"), ("a sign behind the point", ".-4"), ("a point alone", "."),
        ("two points", "4..5"), ("two fractions", "4.5.6"), ("a fraction and a point", "-4.5."),
        ("a point before the exponent", "4.e5"), ("a point before the exponent of zero", "0.e5"),
        ("a point before a signed exponent", "4.e+5"), ("a point before a negative exponent", "4.e-5"),
        ("nothing before the point, with an exponent", ".4e-5"), ("nothing behind the exponent", "4e"),
        ("nothing behind the capital exponent", "4E"), ("nothing behind the exponent's plus", "4e+"),
        ("nothing behind the exponent's minus", "4e-"), ("nothing behind the capital exponent's plus", "4E+"),
        ("zero and nothing behind the exponent", "0e"), ("zero and nothing behind the capital exponent", "0E"),
        ("zero and nothing behind the exponent's plus", "0e+"), ("zero and nothing behind the capital plus", "0E+"),
        ("a fraction and nothing behind the exponent", "4.5e"), ("a fraction and nothing behind the plus", "4.5e+"),
        ("a fraction and nothing behind the minus", "4.5e-"), ("a point and nothing behind the plus", "4.e+"),
        ("two exponents", "4e5e6"), ("two exponent signs", "4ee5"), ("a small and a capital exponent", "4eE5"),
        ("two signs in the exponent", "4e+-5"), ("zero with two signs in the exponent", "0e+-5"),
        ("a fraction in the exponent", "4e5.6"), ("a blank in the exponent", "4e 5"),
        ("a letter in the exponent", "4ex"),
        ("a blank between digits", "4 711"), ("a blank before a fraction", "4 711.5"),
        ("a low line between digits", "4_711"),
        ("a comma for the point", "4,.5"), ("hexadecimal of one digit", "0x4"), ("hexadecimal of two digits", "0x4a"),
        ("hexadecimal without digits", "0x"), ("octal", "0o17"), ("binary", "0b11"), ("a letter behind", "47k"),
        ("letters behind a negative fraction", "-47.11abc"), ("a letter behind a fraction", "4.7f-3"),
        ("a letter in the middle", "4.7112233H-308"), ("letters behind a sign", "-abc"), ("a sum", "4+7"),
        ("a difference", "4-7"), ("a quotient", "4/7"), ("a currency", "$4"), ("a per cent sign", "4%"),
        ("an at sign", "4@"),
        ("infinity", "Infinity"), ("negative infinity", "-Infinity"), ("positive infinity", "+Infinity"),
        ("inf", "Inf"),
        ("positive inf", "+Inf"), ("no number", "NaN"), ("negative no number", "-NaN"),
        ("a fullwidth digit", "\u{ff17}"), ("an Arabic digit", "\u{0667}"), ("a superscript", "4\u{b2}"),
        ("a NUL behind", "47\0"),
    ]

    static let bytesInNumbers: [Entry] = [
        ("behind a digit", [0x34, 0xe7]), ("behind zero", [0x30, 0xe7]), ("behind digits", [0x34, 0x37, 0x31, 0xe7]),
        ("behind a sign", [0x2d, 0xe7]), ("behind the exponent", [0x34, 0x65, 0xe7]),
        ("behind the exponent's digit", [0x34, 0x65, 0x35, 0xe7]), ("behind the point", [0x34, 0x2e, 0xff]),
        ("behind a letter", [0x78, 0xe7]),
    ]

    // MARK: - Literals

    static let literals: [Entry] = [("true", "true"), ("false", "false"), ("null", "null")]

    static let badLiterals: [Entry] = [
        ("true of one byte", "t"), ("true of three", "tru"), ("true of five", "trues"), ("true in capitals", "TRUE"),
        ("true with a capital", "True"), ("true with a capital at its end", "truE"), ("true with a blank", "tr ue"),
        ("false of one byte", "f"), ("false of four", "fals"), ("false of six", "falsey"),
        ("false with a capital", "False"),
        ("null of one byte", "n"), ("null of three", "nul"), ("null of five", "nulls"), ("null in capitals", "NULL"),
        ("null with a capital", "Null"), ("nil", "nil"), ("undefined", "undefined"), ("a word", "word"),
        ("a letter", "x"),
        ("a letter beyond ASCII", "\u{f8}"), ("a word beyond ASCII", "o\u{f8}"), ("half a letter beyond ASCII", [0xc3]),
        ("a byte that is none", [0xff]), ("a letter of Latin 1", [0xf8]), ("true and a digit", "true1"),
        ("true and null", "truenull"), ("true and null with a blank", "true null"), ("a minus before it", "-true"),
        ("an escape before it", #"\u0020true"#), ("an emoji", "\u{1f680}"),
    ]
}
