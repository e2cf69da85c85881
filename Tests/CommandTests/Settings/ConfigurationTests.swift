import Foundation
import Testing

@testable import oai_usage

/// Comments in configuration files, and the strict check of them.
struct ConfigurationTests {
    @Test(arguments: [
        ("{\"a\": 1}", "{\"a\": 1}"), ("{} // x", "{}     "), ("{/* x */}", "{       }"), ("[1,]", "[1 ]"),
        ("[1, /* x */ ]", "[1          ]"), ("{\"a\": \"// no\",}", "{\"a\": \"// no\" }"),
        ("\"/* \\\" */\"", "\"/* \\\" */\""), ("// a\n1", "    \n1"), ("/* a\nb */1", "    \n    1"),
        // What is wrong stays wrong.
        ("[,]", "[,]"), ("[1,,]", "[1,,]"), ("{,}", "{,}"), ("[1] / 2", "[1] / 2"),
    ])
    func `Comments and trailing commas become blanks`(text: String, blanked: String) throws {
        #expect(try JSONComments.blanked(text) == blanked)
    }

    @Test
    func `A comment that does not end is told by its place`() {
        #expect(throws: JSONComments.Unterminated(offset: 2)) { try JSONComments.blanked("{ /* x") }
        let check = ConfigurationCheck(text: "{\n  /* x", path: "c.json")
        #expect(check.findings.map { [$0.line, $0.column] } == [[2, 3]])
    }

    @Test
    func `The committed schema is that of the table`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Examples/config.schema.json")
        #expect(try String(contentsOf: file, encoding: .utf8) == ConfigurationSchema.text)
    }

    @Test(arguments: Setting.all)
    func `A default is a valid value`(setting: Setting) {
        #expect(setting.standard.flatMap(setting.problem(with:)) == nil, "\(setting.name)")
        #expect(setting.summary.hasSuffix("."))
    }

    @Test
    func `Flags of settings are read with and without equals signs`() throws {
        let flags = try SettingFlags([
            "--drain", "1s", "--listen=:1", "--no-include-usage", "--prices", "a", "--prices", "b",
        ])
        #expect(flags.values == ["drain": ["1s"], "listen": [":1"], "include-usage": ["false"], "prices": ["a", "b"]])
        #expect(throws: CommandFailure.self) { try SettingFlags(["--lisen", "x"]) }
        #expect(throws: CommandFailure.self) { try SettingFlags(["--drain"]) }
    }
}
