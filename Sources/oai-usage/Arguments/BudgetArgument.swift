import ArgumentParser
import Foundation
import OpenAIUsage
import OpenAIUsageLedger

/// A budget as text: `search=500/month project=search zone=Europe/Berlin at=50:80:100`.
struct BudgetArgument: ExpressibleByArgument {
    let budget: Budget?
    /// The problem of the text as a predicate; `nil` for a valid one.
    let problem: String?

    /// The units of the calendar.
    static let units: [CalendarPeriod.Unit] = [.day, .week, .month, .quarter, .year]
    /// The longest name, in bytes; labels of metrics have room for more.
    private static let maximumNameLength = 100
    /// The largest amount, in pico-dollars: a million million dollars.
    private static let maximumAmount: Int128 = 1_000_000_000_000 * 1_000_000_000_000
    /// The names of the dimensions of conditions.
    private static let dimensions = ReportDimension.names.filter {
        !["hour", "day", "week", "month", "tag:NAME"].contains($0)
    }

    init?(argument: String) {
        do {
            budget = try Self.parse(argument)
            problem = nil
        } catch {
            budget = nil
            problem = (error as? Problem)?.text ?? "\(error)"
        }
    }

    private struct Problem: Error { let text: String }

    private static func parse(_ text: String) throws -> Budget {
        let words = text.split(separator: " ")
        guard let head = words.first, let equals = head.firstIndex(of: "="), equals != head.startIndex else {
            throw Problem(text: "it must begin with NAME=AMOUNT/UNIT, as in search=500/month")
        }
        let name = String(head[..<equals])
        guard name.utf8.count <= maximumNameLength else {
            throw Problem(text: "the name is longer than \(maximumNameLength) bytes")
        }
        // A name that were cleaned for labels and messages could look like another one.
        guard TextCleaner.clean(name) == name else {
            throw Problem(text: "the name has control characters or marks of direction; leave them out")
        }
        let parts = head[head.index(after: equals)...].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let unit = CalendarPeriod.Unit(rawValue: String(parts[1])) else {
            let names = units.map(\.rawValue).joined(separator: ", ")
            throw Problem(text: "behind the amount must stand / and one of: \(names)")
        }
        let digits = parts[0].hasPrefix("$") ? parts[0].dropFirst() : parts[0]
        guard let number = DecimalNumber(digits), number.coefficient > 0 else {
            throw Problem(
                text: "the amount \"\(parts[0].prefix(40))\" is not a number of US dollars such as 500 or 12.50"
            )
        }
        guard let amount = number.exactPicoUSD(), amount <= maximumAmount else {
            throw Problem(
                text:
                    "the amount \"\(parts[0].prefix(40))\" must be at most 1000000000000 dollars, with at most 12 digits behind the point"
            )
        }
        var budget = Budget(name: name, amountPicoUSD: amount, unit: unit)
        var single: Set<String> = []
        var values: [ReportDimension: [String]] = [:]
        var order: [ReportDimension] = []
        for word in words.dropFirst() {
            guard let equals = word.firstIndex(of: "=") else {
                throw Problem(text: "\"\(word.prefix(60))\" is not a condition such as project=search")
            }
            let (key, value) = (String(word[..<equals]), String(word[word.index(after: equals)...]))
            if key == "zone" || key == "at", !single.insert(key).inserted {
                throw Problem(text: "\(key)= is there twice; it has one value")
            }
            switch key {
            case "zone":
                guard let zone = TimeZone(identifier: value) else {
                    throw Problem(text: "\"\(value.prefix(60))\" is not a time zone such as Europe/Berlin")
                }
                budget.timeZone = zone
            case "at":
                let percents = value.split(separator: ":").map { Int($0) }
                guard !percents.isEmpty, percents.allSatisfy({ 1...1_000 ~= $0 ?? 0 }) else {
                    throw Problem(text: "at=\(value.prefix(60)) must be percentages from 1 to 1000, as in at=50:80:100")
                }
                budget.thresholds = percents.compactMap { $0 }.sorted()
            default:
                let known = ["zone", "at", "tag:NAME"] + dimensions
                guard let dimension = ReportDimension(key), known.contains(key) || key.hasPrefix("tag:"), !value.isEmpty
                else {
                    let hint = NearNames.hint(for: key, in: known)
                    throw Problem(
                        text:
                            "\"\(word.prefix(60))\" is not a condition.\(hint) Conditions have one of: \(known.joined(separator: ", "))"
                    )
                }
                if values[dimension] == nil { order.append(dimension) }
                do { values[dimension, default: []] += try FilterOptions.listed([value], key) } catch {
                    throw Problem(text: "\(error)")
                }
            }
        }
        var selection = CallSelection()
        for dimension in order {
            do { try selection.add(dimension, values[dimension] ?? [], isExcluded: false) } catch {
                throw Problem(text: "\(error)")
            }
        }
        budget.filter.conditions = selection.conditions
        return budget
    }
}
