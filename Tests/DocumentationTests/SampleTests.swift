import Foundation
import Testing

/// What the README and the articles show is compiled here, word for word, so that it cannot go stale.
struct SampleTests {
    /// A sample, and where it stands.
    struct Sample: Sendable, CustomTestStringConvertible {
        let file: String
        let number: Int
        let text: String

        var testDescription: String { "\(file), sample \(number)" }
        var isOfManifest: Bool { text.hasPrefix(".package(") || text.hasPrefix(".product(") }
    }

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func files(below folders: [String], with suffix: String) -> [URL] {
        folders.flatMap { folder -> [URL] in
            let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
            return (names?.compactMap { $0 as? String } ?? []).filter {
                $0.hasSuffix(suffix) && !$0.contains(".build/")
            }
            .map { root.appending(path: folder).appending(path: $0) }
        }
    }

    private static let samples: [Sample] = {
        let articles =
            [root.appending(path: "README.md")] + files(below: ["Sources", "Benchmarks", "Dashboards"], with: ".md")
        return articles.flatMap { file -> [Sample] in
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            let blocks = ["```swift\n", "```c\n"].flatMap { mark in
                text.components(separatedBy: mark).dropFirst().compactMap { $0.components(separatedBy: "```").first }
            }
            return blocks.enumerated().map { Sample(file: file.lastPathComponent, number: $0 + 1, text: $1) }
        }
    }()

    /// All that is compiled as tests, line by line without indentation.
    private static let compiled = [".swift", ".c"].flatMap { files(below: ["Tests"], with: $0) }.compactMap {
        (try? String(contentsOf: $0, encoding: .utf8)).map(lines)
    }

    private static func lines(_ text: String) -> String {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            .joined(separator: "\n")
    }

    @Test
    func `There are samples`() {
        #expect(Self.samples.count >= 20)
        #expect(
            Set(Self.samples.map(\.file)).isSuperset(of: ["README.md", "GettingStarted.md", "WrappingYourClient.md"])
        )
    }

    @Test(arguments: samples.filter { !$0.isOfManifest })
    func `A sample stands in a file that is compiled`(_ sample: Sample) {
        let text = Self.lines(sample.text)
        #expect(Self.compiled.contains { $0.contains(text) }, "\(sample.text)")
    }

    @Test(arguments: samples.filter(\.isOfManifest))
    func `A product that is named is one of the package's`(_ sample: Sample) throws {
        let manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        for line in sample.text.split(separator: "\n") where line.hasPrefix(".product(") {
            let name = try #require(line.split(separator: "\"").dropFirst().first)
            #expect(manifest.contains(#".library(name: "\#(name)""#), "\(line)")
            #expect(line.contains(#"package: "oai-usage""#))
        }
    }
}
