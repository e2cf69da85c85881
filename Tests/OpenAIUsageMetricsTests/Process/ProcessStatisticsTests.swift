import OpenAIUsage
import Testing

@testable import OpenAIUsageMetrics

@Suite("NumberFormat of the process")
struct ProcessStatisticsTests {
    private static let tail =
        "S 1 4242 4242 0 -1 4194560 2207 0 0 0 150 50 0 0 20 0 7 0 12345 104857600 2500 18446744073709551615 1 1 0 0 0\n"

    @Test(
        "The line is read behind the program's name",
        arguments: ["oai-usage", "a b", "a) S 1 (b", ")", "(", ""]
    )
    func line(_ name: String) throws {
        let text = "4242 (\(name)) " + Self.tail
        let statistics = try #require(ProcessStatistics(stat: text, ticksPerSecond: 100, pageSize: 4_096))
        #expect(statistics.cpuSeconds == 2)
        #expect(statistics.threads == 7)
        #expect(statistics.startSecondsAfterBoot == 123.45)
        #expect(statistics.virtualBytes == 104_857_600)
        #expect(statistics.residentBytes == 10_240_000)
    }

    @Test(
        "A line that is not the kernel's has no figures",
        arguments: ["", "4242", "4242 (a)", "4242 (a) S 1 2 3", "4242 (a) " + tail.replacing("150", with: "x")]
    )
    func badLine(_ text: String) {
        #expect(ProcessStatistics(stat: text, ticksPerSecond: 100, pageSize: 4_096) == nil)
    }

    @Test("Without the units there are no figures")
    func units() {
        let text = "4242 (a) " + Self.tail
        #expect(ProcessStatistics(stat: text, ticksPerSecond: 0, pageSize: 4_096) == nil)
        #expect(ProcessStatistics(stat: text, ticksPerSecond: 100, pageSize: -1) == nil)
    }

    @Test("The times and limits of the machine")
    func machine() {
        #expect(ProcessStatistics.bootTime("cpu 1 2\nbtime 1795000000\nprocesses 5\n") == 1_795_000_000)
        #expect(ProcessStatistics.bootTime("cpu 1 2\n") == nil)
        let limits = """
            Limit                     Soft Limit           Hard Limit           Units
            Max open files            1024                 524288               files
            Max locked memory         unlimited            unlimited            bytes
            """
        #expect(ProcessStatistics.maximumOpenFiles(limits) == 1_024)
        #expect(ProcessStatistics.maximumOpenFiles("Max open files   unlimited   unlimited   files") == nil)
        #expect(ProcessStatistics.maximumOpenFiles("") == nil)
    }

    #if os(Linux)
    @Test("This process has all of them, and they are plausible")
    func ownProcess() throws {
        let before = SystemUsageClock().wallMicroseconds / 1_000_000
        let scrape = Scrape(UsageMetrics(build: BuildInformation(version: "1")))
        func value(_ name: String) throws -> Double {
            try #require(scrape.values[name].flatMap(Double.init), "\(name)")
        }
        #expect(try value("process_cpu_seconds_total") > 0)
        #expect(try value("process_resident_memory_bytes") > 1_000_000)
        #expect(try value("process_virtual_memory_bytes") > value("process_resident_memory_bytes"))
        #expect(try value("process_threads") >= 1)
        #expect(try value("process_open_fds") >= 3)
        #expect(try value("process_max_fds") >= value("process_open_fds"))
        #expect(try value("process_start_time_seconds") <= Double(before) + 2)
        #expect(try value("process_start_time_seconds") > Double(before) - 86_400)
    }
    #endif
}
