import Testing

@testable import oai_usage

struct DifferenceScaleTests {
    @Test
    func `All differences have as many decimals as the smallest one needs`() {
        let amounts: [Int128?] = [1_234_500_000_000_000, -4_500_000, 0, nil]
        let scale = DifferenceScale(amounts)
        #expect(scale.decimals == 7)
        #expect(amounts.map(scale.text) == ["+$1,234.5000000", "-$0.0000045", "$0.0000000", "-"])
    }

    @Test
    func `What is too small is never zero, and has one sign`() {
        let scale = DifferenceScale([1, -1])
        #expect(scale.text(1) == "<+$0.00000001")
        #expect(scale.text(-1) == ">-$0.00000001")
        #expect(DifferenceScale([0]).text(0) == "$0.00")
    }
}
