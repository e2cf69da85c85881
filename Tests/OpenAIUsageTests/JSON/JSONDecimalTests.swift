import Testing

@testable import OpenAIUsage

struct JSONDecimalTests {
    @Test(
        arguments: [
            ("0", "0"), ("-0.000", "0"), ("12", "12"), ("12.0", "12"), ("12.50", "12.5"), ("6.7e-06", "0.0000067"),
            ("1.5E2", "150"), ("1e3", "1000"), ("0.1e1", "1"), ("-2.5e-1", "-0.25"), ("100", "100"), ("1e-61", nil),
            ("0.00012", "0.00012"), ("1e100", nil), ("0e100", "0"),
            ("1234567890123456789012", "1234567890123456789012"),
            ("", nil), ("-", nil), ("x", nil),
        ] as [(String, String?)]
    )
    func `A number is its shortest plain decimal`(text: String, expected: String?) {
        #expect(JSONNumber.decimal(text.utf8) == expected)
    }

    @Test(arguments: [
        ("0.00065", "0.00095", "0.0016"), ("0.9", "0.2", "1.1"), ("9.99", "0.01", "10"), ("12", "0.5", "12.5"),
        ("0", "0", "0"), ("99", "1", "100"), ("1", "1234567890123456789012.5", "1234567890123456789013.5"),
    ])
    func `Plain decimals are added exactly`(left: String, right: String, sum: String) {
        #expect(JSONNumber.sum(left, right) == sum && JSONNumber.sum(right, left) == sum)
    }
}
