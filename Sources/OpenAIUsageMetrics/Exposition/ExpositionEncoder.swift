import OpenAIUsage

/// Encodes metric families in an exposition format.
struct ExpositionEncoder {
    let format: ExpositionFormat

    /// Returns the text of the families, in the order given.
    func encode(_ families: [MetricFamily]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(64 * 1024)
        for family in families { append(family, to: &output) }
        if format.isOpenMetrics { output += "# EOF\n".utf8 }
        return output
    }

    private func append(_ family: MetricFamily, to output: inout [UInt8]) {
        let order = family.labelSets.indices
            .filter { family.descriptor.kind == .histogram || family.numbers[$0] != nil }
            .sorted { family.labelSets[$0].lexicographicallyPrecedes(family.labelSets[$1]) }
        guard !order.isEmpty else { return }
        appendMetadata(family.descriptor, to: &output)
        for place in order {
            let labels = family.labelTexts[place]
            if family.descriptor.kind == .histogram {
                appendHistogram(family, place, labels, to: &output)
            } else if let number = family.numbers[place] {
                let exemplar = family.exemplars.isEmpty ? nil : family.exemplars[place]
                appendName(family.descriptor.seriesNames[0], labels, to: &output)
                append(number, to: &output)
                appendEnd(exemplar, to: &output)
            }
            appendCreationTime(family, place, labels, to: &output)
        }
    }

    private func appendMetadata(_ descriptor: MetricDescriptor, to output: inout [UInt8]) {
        // OpenMetrics metadata names the family, the text format the series.
        let isTotal = descriptor.kind == .counter && !format.isOpenMetrics
        let name = descriptor.name + (isTotal ? "_total" : "")
        let type = "# TYPE \(name) \(descriptor.kind.rawValue)\n"
        let help = "# HELP \(name) "
        if format.isOpenMetrics {
            output += type.utf8
            if let unit = descriptor.unit { output += "# UNIT \(name) \(unit)\n".utf8 }
        }
        output += help.utf8
        Self.appendEscaped(descriptor.help, quotes: format.isOpenMetrics, to: &output)
        output.append(UInt8(ascii: "\n"))
        if !format.isOpenMetrics { output += type.utf8 }
    }

    private func appendHistogram(_ family: MetricFamily, _ place: Int, _ labels: [UInt8], to output: inout [UInt8]) {
        guard let buckets = family.descriptor.buckets else { return }
        let name = family.descriptor.name
        var count: Int64 = 0
        var prefix = Array("\(name)_bucket{".utf8)
        prefix += labels
        if !labels.isEmpty { prefix.append(UInt8(ascii: ",")) }
        for (index, bound) in buckets.labels.enumerated() {
            let cell = place * family.stride + index
            count += family.bucketCounts[cell]
            output += prefix
            output += bound
            append(count, to: &output)
            appendEnd(family.exemplars.isEmpty ? nil : family.exemplars[cell], to: &output)
        }
        appendName(name + "_sum", labels, to: &output)
        output += FloatText.value(family.sums[place]).utf8
        appendEnd(nil, to: &output)
        appendName(name + "_count", labels, to: &output)
        output += String(count).utf8
        appendEnd(nil, to: &output)
    }

    private func appendName(_ name: String, _ labels: [UInt8], to output: inout [UInt8]) {
        output += name.utf8
        if !labels.isEmpty {
            output.append(UInt8(ascii: "{"))
            output += labels
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: " "))
    }

    private func appendEnd(_ exemplar: Exemplar?, to output: inout [UInt8]) {
        if let exemplar, format.isOpenMetrics {
            output += " # {request_id=\"\(exemplar.requestID)\"} \(FloatText.value(exemplar.value)) ".utf8
            output += DecimalText.dollars(picoUSD: Int128(exemplar.microseconds) * 1_000_000).utf8
        }
        output.append(UInt8(ascii: "\n"))
    }

    /// Returns label names and values as text, without braces.
    static func labelText(_ names: [String], _ values: [String]) -> [UInt8] {
        var output: [UInt8] = []
        for (name, value) in zip(names, values) {
            if !output.isEmpty { output.append(UInt8(ascii: ",")) }
            output += name.utf8
            output += "=\"".utf8
            appendEscaped(value, quotes: true, to: &output)
            output.append(UInt8(ascii: "\""))
        }
        return output
    }

    private static func appendEscaped(_ text: String, quotes: Bool, to output: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): output += [byte, byte]
            case UInt8(ascii: "\n"): output += "\\n".utf8
            case UInt8(ascii: "\"") where quotes: output += [UInt8(ascii: "\\"), byte]
            default: output.append(byte)
            }
        }
    }

    private func appendCreationTime(_ family: MetricFamily, _ place: Int, _ labels: [UInt8], to output: inout [UInt8]) {
        guard format.isOpenMetrics, family.creationTimes.indices.contains(place) else { return }
        appendName(family.descriptor.name + "_created", labels, to: &output)
        output += DecimalText.dollars(picoUSD: Int128(family.creationTimes[place]) * 1_000_000).utf8
        output.append(UInt8(ascii: "\n"))
    }

    private func append(_ number: MetricNumber, to output: inout [UInt8]) {
        switch number {
        case .integer(let value): append(value, to: &output)
        case .pico(let value): output += DecimalText.dollars(picoUSD: value).utf8
        case .double(let value): output += FloatText.value(value).utf8
        }
    }

    private func append(_ value: Int64, to output: inout [UInt8]) {
        if value == 0 { return output.append(UInt8(ascii: "0")) }
        output += String(value).utf8
    }

    /// Returns the number of samples in a text.
    static func seriesCount(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        var isStart = true
        for byte in text {
            if isStart, byte != UInt8(ascii: "#"), byte != UInt8(ascii: "\n") { count += 1 }
            isStart = byte == UInt8(ascii: "\n")
        }
        return count
    }
}
