import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger

@Suite("Filters on shared rows")
struct CallMatcherTests {
    private static func series(_ project: String?) -> Series {
        let texts = Series.Field.allCases.map { $0 == .project ? project : nil }
        return Series(source: .library, texts: texts, key: nil, tags: UsageTags(), rowFields: 0)
    }

    private static func filter(_ values: [String]) -> CallFilter {
        var filter = CallFilter()
        filter.require(.project, values)
        return filter
    }

    @Test("A matcher that is kept decides as a new one, while rows are added and filters take turns")
    func keptMatcher() {
        var tables = SharedTables()
        let filters = [CallFilter(), Self.filter(["a*"]), Self.filter(["b"]), Self.filter(["a*"]), Self.filter(["a*"])]
        let projects = ["a1", "b", nil, "a2", "c", "b"]
        for (index, project) in projects.enumerated() {
            let before = tables
            tables.add(Self.series(project))
            for filter in filters {
                let kept = tables.matcher(filter)
                let new = CallMatcher(filter, tables)
                for number in 1...index + 1 {
                    #expect(kept.verdict(series: number) == new.verdict(series: number))
                }
                #expect(kept.condition == new.condition && kept.passesNone == new.passesNone)
                // A copy of an earlier state shares the decisions.
                #expect(before.matcher(filter).verdict(series: index + 1) == new.verdict(series: index + 1))
            }
        }
    }

    @Test("The decision is by the project of the series")
    func decisions() {
        var tables = SharedTables()
        for project in ["a1", "b", nil] { tables.add(Self.series(project)) }
        let matcher = tables.matcher(Self.filter(["a*"]))
        #expect((1...4).map { matcher.verdict(series: $0) } == [.yes, .no, .no, .maybe])
        #expect((1...4).map { tables.matcher(CallFilter()).verdict(series: $0) } == [.yes, .yes, .yes, .yes])
        #expect(tables.matcher(Self.filter(["x"])).passesNone)
    }
}
