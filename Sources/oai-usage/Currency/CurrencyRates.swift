import OpenAIUsage
import OpenAIUsagePricing

/// The dated rates of a currency: the units of it that one US dollar is worth.
///
/// A rate holds from its UTC day until the next one begins. Before the first there is no rate, and none is guessed.
struct CurrencyRates: Sendable {
    /// A rate, and the day from which it holds.
    struct Rate: Sendable, Equatable {
        var first: UTCDay
        /// The rate times 10^``CurrencyRates/fractionDigits``.
        var value: Int64
        /// The rate as exact text.
        var text: String { DecimalText.exact(Int128(value), fractionDigits: CurrencyRates.fractionDigits) }
    }

    /// A range of time with one rate, in microseconds since 1970.
    struct Part: Equatable {
        var from: Int64
        var to: Int64
        /// The rate; `nil` before the first one.
        var rate: Rate?
    }

    /// The most fraction digits of a rate.
    static let fractionDigits = 8
    /// The fraction digits of a converted amount, which is exact.
    static let amountDigits = 12 + fractionDigits
    private static let day: Int64 = 86_400_000_000

    /// The code of the currency, as `EUR`.
    let code: String
    /// The file that states the rates.
    let path: String
    /// The rates by day, the earliest first.
    let rates: [Rate]

    /// Reads the rates of a currency.
    ///
    /// - Parameters:
    ///   - code: The code of the currency.
    ///   - text: The text of the file.
    ///   - path: The path of the file, for messages.
    /// - Throws: A ``CommandFailure`` with the line and column of the first mistake.
    init(_ code: String, in text: String, path: String) throws {
        let root: JSONDocument.Node
        do throws(JSONDocumentError) {
            root = try JSONDocument(parsing: text).root
        } catch {
            throw Self.mistake(path, error.position, error.message)
        }
        guard case .object(let members) = root.value else {
            throw Self.mistake(path, root.position, #"rates are an object, as in \#(Self.example)"#)
        }
        var found: [Rate]?
        for member in members {
            guard Self.isCode(member.name), member.name != "USD" else {
                let hint =
                    member.name == "USD" ? "the ledger is in USD, which needs no rate" : "a currency is a code as EUR"
                throw Self.mistake(path, member.position, "\"\(member.name)\": \(hint)")
            }
            // All currencies are checked, so that a mistake is found before it matters.
            let rates = try Self.rates(member.node, path)
            if member.name == code { found = rates }
        }
        guard let found else {
            let names = members.map(\.name).sorted().joined(separator: ", ")
            throw CommandFailure("\(path) has no rates of \(code)\(names.isEmpty ? "" : "; it has \(names)").")
        }
        self.code = code
        self.path = path
        rates = found
    }

    private static let example = #"{"EUR": [{"from": "2026-01-01", "rate": "0.92"}]}"#

    /// True for three capital letters.
    static func isCode(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }
    }

    private static func rates(_ node: JSONDocument.Node, _ path: String) throws -> [Rate] {
        guard case .array(let elements) = node.value, !elements.isEmpty else {
            throw mistake(path, node.position, "the rates of a currency are a list, as in \(example)")
        }
        var rates: [Rate] = []
        for element in elements {
            guard case .object(let members) = element.value, Set(members.map(\.name)) == ["from", "rate"],
                let from = element.value["from"], let rate = element.value["rate"]
            else { throw mistake(path, element.position, #"a rate has the keys "from" and "rate" alone"#) }
            guard let first = from.string.flatMap({ UTCDay($0) }) else {
                throw mistake(path, element.position, #""from" must be a day in UTC, as "2026-01-01""#)
            }
            guard let text = rate.string ?? rate.number else {
                throw mistake(path, element.position, #""rate" must be a decimal number, as "0.92""#)
            }
            let value: Int64
            do throws(MoneyError) {
                value = try DecimalText.integer(text, fractionDigits: fractionDigits)
            } catch {
                throw mistake(path, element.position, "the rate \(error.message)")
            }
            guard value > 0 else {
                throw mistake(
                    path,
                    element.position,
                    "the rate '\(text)' is not above 0; it is what one US dollar is worth"
                )
            }
            guard !rates.contains(where: { $0.first == first }) else {
                throw mistake(path, element.position, "there are two rates from \(first)")
            }
            rates.append(Rate(first: first, value: value))
        }
        return rates.sorted { $0.first < $1.first }
    }

    private static func mistake(_ path: String, _ position: JSONDocument.Position, _ message: String) -> CommandFailure
    {
        CommandFailure("\(path):\(position.line):\(position.column): \(message).")
    }

    /// The name of a converted cost in CSV and JSON, as `cost_eur`.
    var key: String { "cost_" + code.lowercased() }

    /// Returns the rate of a day; `nil` before the first one.
    func rate(on day: UTCDay) -> Rate? {
        let later = rates.firstIndex { day < $0.first } ?? rates.endIndex
        return later == rates.startIndex ? nil : rates[later - 1]
    }

    /// Returns the exact value of a cost at the rate of a time's day, scaled by 10^``amountDigits``; `nil` without a rate.
    func amount(picoUSD: Int64?, at microseconds: Int64) -> Int128? {
        guard let picoUSD, let rate = rate(on: UTCDay(microseconds: microseconds)) else { return nil }
        return Int128(picoUSD) * Int128(rate.value)
    }

    /// Divides a range into parts with one rate each; parts begin and end at midnight in UTC, but for the ends of the range.
    func parts(from: Int64, to: Int64) -> [Part] {
        var parts: [Part] = []
        var start = from
        for (index, rate) in rates.enumerated() {
            let (first, isTooEarly) = Int64(rate.first.number).multipliedReportingOverflow(by: Self.day)
            guard !isTooEarly, first > start else { continue }
            guard first < to else { break }
            parts.append(Part(from: start, to: first, rate: index == 0 ? nil : rates[index - 1]))
            start = first
        }
        parts.append(Part(from: start, to: to, rate: self.rate(on: UTCDay(microseconds: start))))
        return parts
    }

    /// Returns an exact amount as text.
    static func text(_ amount: Int128) -> String { DecimalText.exact(amount, fractionDigits: amountDigits) }

    /// Returns an amount rounded to millionths of a millionth, for tables.
    static func pico(_ amount: Int128) -> Int128 {
        DecimalText.quotientHalfEven(amount, by: (0..<fractionDigits).reduce(1) { unit, _ in unit * 10 })
    }
}
