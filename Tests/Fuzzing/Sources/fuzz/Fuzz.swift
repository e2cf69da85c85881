import Foundation

/// What libFuzzer runs: one of the targets, named by the variable `FUZZ_TARGET`.
enum Fuzz {
    static let target: any FuzzTarget.Type = {
        let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
        guard let target = targets.first(where: { $0.name == name }) else {
            fatalError("FUZZ_TARGET is none of \(targets.map { $0.name }).")
        }
        return target
    }()

    static let targets: [any FuzzTarget.Type] = [
        JSONTarget.self, EventStreamTarget.self, RewriterTarget.self, StripperTarget.self, FormTarget.self,
        ExchangeTarget.self, RequestsTarget.self, ResponsesTarget.self, OracleTarget.self, FramesTarget.self,
        StreamTarget.self,
    ]

    /// The longest input to begin with: shorter ones are changed more often in the same time.
    static let maximumSeedLength = 4_096

    /// Ends the run with what is wrong, which libFuzzer then keeps as a finding.
    static func check(_ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String) {
        if !condition() { fatalError(message()) }
    }
}

/// A parser under test, and what must hold for any bytes that it is given.
protocol FuzzTarget: SendableMetatype {
    static var name: String { get }
    /// Inputs to begin with.
    static func seeds(_ samples: SampleFiles) -> [[UInt8]]
    static func test(_ bytes: [UInt8])
}

/// Called by libFuzzer at its start; with the variable `FUZZ_SEEDS` it only writes the seeds of the target, from the
/// samples in `FUZZ_SAMPLES`.
@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> CInt {
    let environment = ProcessInfo.processInfo.environment
    guard let seeds = environment["FUZZ_SEEDS"], let samples = environment["FUZZ_SAMPLES"] else { return 0 }
    do {
        let folder = URL(filePath: seeds)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let inputs = Fuzz.target.seeds(try SampleFiles(in: URL(filePath: samples)))
        for (number, seed) in inputs.enumerated() where seed.count <= Fuzz.maximumSeedLength {
            try Data(seed).write(to: folder.appending(path: "seed-\(number)"))
        }
        exit(0)
    } catch {
        fatalError("The seeds cannot be written: \(error)")
    }
}

/// Called by libFuzzer with every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.target.test(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}
