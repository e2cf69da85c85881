import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

struct UsageTagsTests {
    private func text(_ tags: UsageTags) -> String {
        tags.pairs.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    @Test
    func `Tags are sorted, and of equal keys the last wins`() {
        let tags: UsageTags = ["team": "a", "env": "b", "team": "c", "a": ""]
        #expect(text(tags) == "a=,env=b,team=c")
        #expect(tags["team"] == "c" && tags["a"] == "" && tags["x"] == nil)
        #expect(!tags.isEmpty && UsageTags().isEmpty)
        #expect(tags == ["a": "", "env": "b", "team": "c"])
        #expect(tags != ["a": "", "env": "b"] && tags != ["a": "", "env": "b", "team": "d"])
    }

    @Test
    func `A tag can be taken out`() {
        var tags: UsageTags = ["a": "1", "b": "2"]
        tags["a"] = nil
        tags["zzz"] = nil
        #expect(text(tags) == "b=2")
        tags["b"] = nil
        #expect(tags.isEmpty)
    }

    @Test
    func `Keys and values are cut at whole characters, empty keys are none`() {
        for unit in ["x", "\u{e9}", "\u{20ac}", "\u{1f600}", "\u{1f468}\u{200d}\u{1f469}"] {
            var tags = UsageTags()
            tags[String(repeating: unit, count: 200)] = String(repeating: unit, count: 300)
            let count = UsageTags.maximumLength / unit.utf8.count
            #expect(tags.pairs.first?.key == String(repeating: unit, count: count))
            #expect(tags.pairs.first?.value == String(repeating: unit, count: count))
            #expect(tags[String(repeating: unit, count: 200)] == nil)
        }
        var tags: UsageTags = ["": "x"]
        #expect(tags.isEmpty)
        // One character that is longer than a key may be.
        tags["e" + String(repeating: "\u{301}", count: 100)] = "x"
        #expect(tags.isEmpty)
    }

    @Test
    func `No more tags than the bound are kept, changes to those are`() {
        var tags = UsageTags()
        for number in 10..<60 { tags["k\(number)"] = "\(number)" }
        #expect(tags.pairs.count == UsageTags.maximumCount)
        #expect(tags["k10"] == "10" && tags["k25"] == "25" && tags["k26"] == nil)
        tags["k10"] = "new"
        #expect(tags["k10"] == "new" && tags.pairs.count == UsageTags.maximumCount)
        tags["k11"] = nil
        tags["other"] = "x"
        #expect(tags["other"] == "x" && tags.pairs.count == UsageTags.maximumCount)
        let header = (0..<100).map { "k\($0)=v" }.joined(separator: ",")
        #expect(UsageTags(header: header).pairs.count == UsageTags.maximumCount)
    }

    @Test
    func `Of merged tags the others win`() {
        let own: UsageTags = ["a": "1", "b": "1"]
        #expect(text(own.merging(["b": "2", "c": "2"])) == "a=1,b=2,c=2")
        #expect(own.merging([:]) == own && UsageTags().merging(own) == own)
        #expect(own == ["a": "1", "b": "1"])
    }

    static let headers: [(header: String, tags: String)] = [
        ("team=search", "team=search"), ("team=search,feature=rag", "feature=rag,team=search"),
        (" team = search , feature = rag ", "feature=rag,team=search"), ("team=search;ttl=1;x", "team=search"),
        ("a=1,a=2", "a=2"), ("a=b=c", "a=b=c"), ("", ""), (",,,", ""), ("=", ""), ("=x", ""), ("a", ""), ("a=", ""),
        ("a;b=c", ""),
        ("%74eam=s%65arch", "team=search"), ("a=%2C%3D%3B%25", "a=,=;%"), ("a=%C3%A9", "a=\u{e9}"),
        ("a=%F0%9F%98%80", "a=\u{1f600}"),
        ("a=%c3%a9", "a=\u{e9}"), ("a=%FF", "a=\u{fffd}"), ("a=100%", "a=100%"), ("a=%", "a=%"), ("a=%4", "a=%4"),
        ("a=%zz", "a=%zz"),
        ("a=%+5", "a=%+5"), ("a=%-1", "a=%-1"), ("a=% 5", "a=% 5"), ("a=%0Ab%0D%00%1B[31m", "a=b[31m"),
        ("a=b%7Fc", "a=bc"),
        ("a=%C2%9Bb", "a=b"), ("a=%20b%20", "a=b"), ("a=b%20c", "a=b c"), ("%20=x", ""), ("a\t=\tb", "a=b"),
        ("ok=1,junk,also=2", "also=2,ok=1"),
    ]

    @Test(arguments: headers)
    func `A header's pairs are read, and junk is left out`(header: String, tags: String) {
        #expect(text(UsageTags(header: header)) == tags)
    }

    @Test
    func `Tags of a task are added to those around it, and end with it`() async {
        #expect(UsageTags.current.isEmpty)
        let seen = await withUsageTags(["team": "search", "env": "prod"]) {
            let outer = UsageTags.current
            let inner = await withUsageTags(["team": "ads"]) { UsageTags.current }
            async let child = UsageTags.current
            return [outer, inner, await child, UsageTags.current]
        }
        #expect(
            seen.map(text) == [
                "env=prod,team=search", "env=prod,team=ads", "env=prod,team=search", "env=prod,team=search",
            ]
        )
        #expect(UsageTags.current.isEmpty)
    }

    @Test
    func `Tags end with an operation that fails`() async {
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await withUsageTags(["team": "search"]) { throw Failure() }
        }
        #expect(UsageTags.current.isEmpty)
    }

    @Test
    func `An exchange bears the tags of its task`() async throws {
        let sink = RecordingSink()
        await withUsageTags(["team": "search"]) {
            let call = ObservedCall()
            Exchange(
                request: .init(method: .post, scheme: "https", authority: call.authority, path: call.path),
                configuration: call.configuration,
                sink: sink
            ).finish(.unreachable)
        }
        #expect(sink.records.map(\.tags) == [["team": "search"]])
    }
}
