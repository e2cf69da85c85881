import Testing

@testable import OpenAIUsagePricing

struct ModelNameTests {
    @Test(arguments: [
        ("openai/gpt-4o", "gpt-4o"), ("a/b/c", "c"), ("openai/ft:gpt-4o:acme/x::id", "ft:gpt-4o:acme/x::id"),
        ("a/", ""), ("/a", "a"),
    ])
    func providersAreCutOff(name: String, rest: String) {
        #expect(ModelName.withoutProvider(name) == rest)
    }

    @Test(arguments: ["gpt-4o", "", "ft:gpt-4o:acme/x::id", "model:a/b"])
    func withoutProvidersThereIsNothingToCutOff(name: String) {
        #expect(ModelName.withoutProvider(name) == nil)
    }

    @Test(arguments: [
        ("ft:gpt-4o:acme::id:ckpt-step-88", "ft:gpt-4o:acme::id"), ("x:ckpt-step-0", "x"), (":ckpt-step-1", ""),
    ])
    func checkpointsAreCutOff(name: String, rest: String) {
        #expect(ModelName.withoutCheckpoint(name) == rest)
    }

    @Test(arguments: ["x", "x:ckpt-step-", "x:ckpt-step-a", "x:ckpt-step-1a", "x:ckpt-step--1", "x-ckpt-step-1", ""])
    func otherEndsAreNoCheckpoints(name: String) {
        #expect(ModelName.withoutCheckpoint(name) == nil)
    }

    @Test(arguments: [
        ("ft:gpt-4o:acme::id", "ft:gpt-4o"), ("ft:gpt-4o:", "ft:gpt-4o"), ("ft:a:b:c:d:e", "ft:a"),
    ])
    func theBaseIsTheSecondPart(name: String, base: String) {
        #expect(ModelName.fineTunedBase(name) == base)
    }

    @Test(arguments: ["ft:gpt-4o", "ft::acme", "FT:gpt-4o:acme", "xft:gpt-4o:acme", "curie:ft-org-2023", "", "ft:"])
    func otherNamesHaveNoBase(name: String) {
        #expect(ModelName.fineTunedBase(name) == nil)
    }

    @Test(arguments: [("x:20230824-v2", "x"), ("x:20230824", "x"), ("a:b:20230824-v10", "a:b")])
    func buildsAreCutOff(name: String, rest: String) {
        #expect(ModelName.withoutBuild(name) == rest)
    }

    @Test(arguments: [
        "x", "x:free", "x:2023082", "x:202308240", "x:20230824-", "x:20230824-2", "x:20230824-v", "x:20230824-v2-v3",
        ":20230824", "x:2023082a",
    ])
    func otherEndsAreNoBuilds(name: String) {
        #expect(ModelName.withoutBuild(name) == nil)
    }

    @Test(arguments: [
        ("x-2026-03-05", "x"), ("x-0613", "x"), ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"), ("x-1231", "x"),
        ("x-2026-03-05-0613", "x-2026-03-05"), ("\u{e9}-0101", "\u{e9}"),
    ])
    func snapshotsAreCutOff(name: String, rest: String) {
        #expect(ModelName.withoutSnapshot(name) == rest)
    }

    @Test(arguments: [
        "x", "x-2026-13-05", "x-2026-00-05", "x-2026-03-32", "x-2026-3-5", "x-1301", "x-0600", "x-613", "x-06133",
        "-0613", "-2026-03-05", "x0613", "x-2026-03", "x-v1-12a4", "",
    ])
    func otherEndsAreNoSnapshots(name: String) {
        #expect(ModelName.withoutSnapshot(name) == nil)
    }
}
