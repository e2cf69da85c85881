import Testing

@testable import OpenAIUsage

/// The table of the names of fields.
struct HeaderNameMapTests {
    @Test
    func `Every name is found, and no other`() {
        let table = HeaderNameMap<Int>([
            "accept": 0, "accepu": 1, "": 2, "a": 3, "x-request-id": 4, "x-really-long-name": 5,
        ])
        for (index, name) in table.names.enumerated() { #expect(table[name] == index) }
        for name in ["Accept", "accep", "acceptt", "b", "x-request-ie", "x-really-long-namf", "é", "x-request-id "] {
            #expect(table[name] == nil, "\(name)")
        }
    }

    @Test
    func `Names that fall on one place are told apart`() {
        // They differ in a byte that is not looked at to find the place.
        let table = HeaderNameMap<Int>(["axbyyyyyc": 0, "azbyyyyyc": 1, "aqbyyyyyc": 2])
        #expect(table["axbyyyyyc"] == 0 && table["azbyyyyyc"] == 1 && table["aqbyyyyyc"] == 2)
        #expect(table["awbyyyyyc"] == nil)
    }

    @Test
    func `A table of many names finds them all`() {
        #expect(RequestHeaders.names.count == 14)
        #expect(ResponseHeaders.names.count == 47)
        #expect(Set(ResponseHeaders.names).count == ResponseHeaders.names.count)
    }
}
