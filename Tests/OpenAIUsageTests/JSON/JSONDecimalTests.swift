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
}
