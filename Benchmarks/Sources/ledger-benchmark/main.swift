import Foundation
import OpenAIUsage
import OpenAIUsageLedger

// Fills a ledger through the writer that ships, and prints the seconds that it took: `ledger-benchmark ROWS FILE [ALL]`. The
// rows are as close in time as ALL of them are in 90 days.
let arguments = CommandLine.arguments
guard arguments.count == 3 || arguments.count == 4, let rows = Int(arguments[1]),
    let all = Int(arguments[arguments.count == 4 ? 3 : 1])
else {
    FileHandle.standardError.write(Data("usage: ledger-benchmark ROWS FILE [ALL]\n".utf8))
    exit(64)
}
var options = LedgerOptions()
options.capacity = 65_536
let ledger = try Ledger(path: arguments[2], options: options)
var mix = Mix(rows: all)
let clock = ContinuousClock()
let start = clock.now
for number in 0..<rows {
    // Nothing may be dropped: who comes faster than the writer waits for it.
    if number % 8_192 == 0 {
        while ledger.statistics.queued > 49_152 { usleep(500) }
    }
    ledger.record(mix.call(number))
}
let statistics = await ledger.close(within: .seconds(600))
let seconds = start.duration(to: clock.now) / .seconds(1)
guard statistics.written == Int64(rows) else {
    FileHandle.standardError.write(Data("\(statistics.written) of \(rows) rows were written\n".utf8))
    exit(1)
}
print(seconds)
