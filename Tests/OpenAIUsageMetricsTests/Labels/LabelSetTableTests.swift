import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageMetrics

@Suite("The caps of label sets")
struct LabelSetTableTests {
    private typealias Table = LabelSetTable<LabelSet>

    @Test("A name is admitted once, and the numbers are bounded")
    func names() {
        var table = InternedNames("default", maximumCount: 400)
        #expect(table["default"] == 1)
        #expect(table["other"] == InternedNames.other)
        #expect(table["x"] == nil)
        for index in 2...401 { #expect(table.admit("n\(index)") == UInt16(index)) }
        #expect(table.admit("late") == nil)
        #expect(table["late"] == nil)
        #expect(table[401] == "n401")
    }

    @Test("Within the caps a set stays as it is")
    func full() {
        var table = Table(.init(full: 2, projects: 1, details: 1))
        let first = LabelSet(project: 1, model: 1, detail: 0)
        let second = LabelSet(project: 2, model: 1, detail: 0)
        #expect(table.place(of: first) { $0 } == .init(index: 0))
        #expect(table.place(of: second) { $0 } == .init(index: 1))
        #expect(table.place(of: first) { $0 } == .init(index: 0))
        #expect(table.entries == [first, second])
    }

    @Test("Beyond the caps the model is folded, then the rest of a project, then the project")
    func folding() {
        var table = Table(.init(full: 1, projects: 2, details: 1))
        func set(_ project: UInt16, _ model: UInt16, _ detail: UInt32) -> LabelSet {
            LabelSet(project: project, model: model, detail: detail)
        }
        let other = LabelSet.otherDetail
        #expect(table.place(of: set(1, 1, 0)) { $0 } == .init(index: 0))
        #expect(table.place(of: set(2, 1, 0)) { $0 } == .init(index: 1, isModelFolded: true))
        #expect(table.place(of: set(1, 2, 0)) { $0 } == .init(index: 2, isModelFolded: true))
        #expect(table.place(of: set(2, 2, 9)) { $0 } == .init(index: 3, isModelFolded: true))
        #expect(table.place(of: set(1, 2, 8)) { $0 } == .init(index: 4, isModelFolded: true))
        #expect(table.place(of: set(3, 2, 8)) { $0 } == .init(index: 5, isProjectFolded: true, isModelFolded: true))
        #expect(table.place(of: set(4, 2, 7)) { $0 } == .init(index: 6, isProjectFolded: true, isModelFolded: true))
        #expect(table.place(of: set(5, 2, 6)) { $0 } == .init(index: 6, isProjectFolded: true, isModelFolded: true))
        #expect(table.place(of: set(1, 1, 0)) { $0 } == .init(index: 0))
        #expect(
            table.entries == [
                set(1, 1, 0), set(2, 0, 0), set(1, 0, 0), set(2, 0, other), set(1, 0, other), set(0, 0, 8),
                set(0, 0, other),
            ]
        )
    }

    @Test("A set that is folded by nature is not counted as folded")
    func naturalFold() {
        var table = Table(.init(full: 1, projects: 0, details: 1))
        #expect(table.place(of: LabelSet(model: 5, detail: 0)) { $0 } == .init(index: 0))
        #expect(table.place(of: LabelSet(model: 0, detail: 0)) { $0 } == .init(index: 1))
        #expect(table.place(of: LabelSet(model: 6, detail: 0)) { $0 } == .init(index: 1, isModelFolded: true))
    }

    @Test("The cap holds, and every set has a place", arguments: [1, 2, 3, 4] as [UInt64])
    func cap(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let capacity = LabelSetTableCapacity(
            full: Int.random(in: 0..<50, using: &random),
            projects: Int.random(in: 0..<60, using: &random),
            details: Int.random(in: 1..<40, using: &random)
        )
        var table = Table(capacity)
        var counts: [Int: Int] = [:]
        var stable: [LabelSet: Int] = [:]
        for _ in 0..<50_000 {
            let set = LabelSet(
                project: .random(in: 0..<50, using: &random),
                model: .random(in: 0..<50, using: &random),
                detail: .random(in: 0..<200, using: &random)
            )
            let place = table.place(of: set) { $0 }
            counts[place.index, default: 0] += 1
            if !place.isProjectFolded, !place.isModelFolded, table.entries[place.index] == set {
                #expect(stable[set] ?? place.index == place.index, "seed \(seed)")
                stable[set] = place.index
            }
        }
        #expect(table.entries.count <= capacity.cap, "seed \(seed)")
        #expect(Set(table.entries).count == table.entries.count, "seed \(seed)")
        #expect(counts.values.reduce(0, +) == 50_000, "seed \(seed)")
    }
}
