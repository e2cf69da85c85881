import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// Saved answers of the provider's admin API, in files.
struct ProviderFiles {
    private(set) var buckets: [ProviderBucket] = []
    private(set) var keys: [String: String] = [:]
    /// The files that say that a page follows, and the end of what they have.
    private var more: [(name: String, end: Int64)] = []

    /// Reads files, and the `.json` files of folders.
    ///
    /// A file holds one answer or several: pages as they were received, lists and lines of them, what `curl -i` writes, or
    /// what `--save` has written.
    ///
    /// - Throws: A ``CommandFailure`` that names the file.
    init(_ paths: [String]) throws {
        for path in try paths.flatMap(Self.files) {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure("The file \(path) cannot be read: see whether it exists, and its permissions.")
            }
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            let modified = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            try read(String(decoding: data, as: UTF8.self), path, modified: Int64(modified * 1_000_000))
        }
        guard !buckets.isEmpty else {
            throw CommandFailure("\(paths.joined(separator: ", ")) holds no answer about usage or costs.")
        }
    }

    /// Creates files from their text, for tests.
    init(text: String, name: String, modified: Int64) throws {
        try read(text, name, modified: modified)
    }

    private static func files(_ path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [path]
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".json") }
        return names.sorted().map { "\(path)/\($0)" }
    }

    private mutating func read(_ text: String, _ name: String, modified: Int64) throws {
        for (number, document) in try Self.documents(text, name).enumerated() {
            do throws(ProviderDataError) {
                try add(document, name, modified: modified)
            } catch {
                throw CommandFailure("Answer \(number + 1) in \(name) is not understood: \(error)")
            }
        }
    }

    private mutating func add(_ root: JSONDocument.Value, _ name: String, modified: Int64) throws(ProviderDataError) {
        if case .array(let elements) = root {
            for element in elements { try add(element.value, name, modified: modified) }
            return
        }
        var (root, time) = (root, modified)
        var kind = ProviderKind(mentionedIn: String(name.split(separator: "/").last ?? ""))
        if let answer = root["answer"] {
            kind = root["kind"]?.string.flatMap(ProviderKind.init(rawValue:))
            if let text = root["fetched_at"]?.string, let fetched = TimestampArgument(text) {
                time = fetched.microseconds(now: 0, timeZone: .gmt)
            }
            root = answer
        }
        if root["data"]?.elements.contains(where: { $0["redacted_value"] != nil }) == true {
            keys.merge(ProviderKeys.keys(root).keys) { $1 }
            return
        }
        if kind == nil, root["data"] != nil, root["object"]?.string == "list" { return }
        let page = try ProviderPage(root, kind: kind, fetchedAt: time)
        buckets += page.buckets
        if page.hasMore { more.append((name, page.buckets.map(\.end).max() ?? 0)) }
    }

    /// The buckets in the order of their answers.
    ///
    /// - Throws: A ``CommandFailure`` for two different answers of the same time about the same bucket.
    func ordered() throws -> [ProviderBucket] {
        var sets: [Int64: ProviderBucketSet] = [:]
        do throws(ProviderDataError) {
            for bucket in buckets { try sets[bucket.fetchedAt, default: ProviderBucketSet()].add(bucket) }
        } catch {
            throw CommandFailure("The files contradict one another: \(error) Leave out the one that is wrong.")
        }
        return sets.sorted { $0.key < $1.key }.flatMap(\.value.buckets)
    }

    /// The notes on pages that were not saved.
    var missingPages: [String] {
        more.filter { page in !buckets.contains { $0.start == page.end } }.map {
            "\($0.name) says that a page follows, and no file has it: what it has is not compared."
        }
    }

    /// Divides a text into JSON documents.
    private static func documents(_ text: String, _ name: String) throws -> [JSONDocument.Value] {
        var body = text[...]
        // Heads of responses, as curl -i writes them.
        while body.hasPrefix("HTTP/"), let end = body.range(of: "\r\n\r\n") ?? body.range(of: "\n\n") {
            body = body[end.upperBound...]
        }
        do throws(JSONDocumentError) {
            return [try JSONDocument(parsing: String(body)).root.value]
        } catch {
            let lines = body.split(whereSeparator: \.isNewline)
            let documents = lines.compactMap { try? JSONDocument(parsing: String($0)).root.value }
            if documents.count == lines.count, !documents.isEmpty { return documents }
            throw CommandFailure("\(name) is not JSON: \(error)")
        }
    }
}
