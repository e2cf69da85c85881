import Testing

@testable import oai_usage

struct ShortenedTextTests {
    @Test(arguments: [
        ("search", 6, "search"), ("proj_production", 9, "proj…tion"), ("proj_production", 2, "p…"),
        ("proj_production", 1, "…"), ("proj_production", 0, ""), ("日本語チーム", 8, "日本…ム"), ("", 3, ""),
    ])
    func `A text is shortened in the middle`(text: String, width: Int, expected: String) {
        let short = DisplayWidth.shortened(text, to: width)
        #expect(short == expected)
        #expect(DisplayWidth.of(short) <= width)
    }

    @Test
    func `Lines are broken at blanks, and words stay whole`() {
        #expect(DisplayWidth.wrapped("one two three", to: 7) == ["one two", "three"])
        #expect(DisplayWidth.wrapped("/a/long/path is", to: 4) == ["/a/long/path", "is"])
        #expect(DisplayWidth.wrapped("", to: 4).isEmpty)
    }

    @Test(
        arguments: [
            (120, "80", 120), (nil, "100", 100), (nil, "", 80), (nil, nil, 80), (nil, "-3", 80), (10, nil, 40),
        ] as [(Int?, String?, Int)]
    )
    func `The terminal tells its width, else the variable`(terminal: Int?, variable: String?, expected: Int) {
        #expect(Terminal.width(terminal: terminal, variable: variable) == expected)
    }
}
