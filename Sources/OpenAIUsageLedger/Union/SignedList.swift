/// A list for exchange between programs of the same version: a signature, a count, then the elements.
enum SignedList {
    /// Encodes a list.
    static func bytes<Element>(
        _ elements: [Element],
        signature: [UInt8],
        _ write: (Element, inout VarintWriter) -> Void
    ) -> [UInt8] {
        var bytes = VarintWriter()
        bytes.write(signature)
        bytes.write(Int64(elements.count))
        for element in elements { write(element, &bytes) }
        return bytes.bytes
    }

    /// Decodes a list from untrusted bytes, and ends with the first malformed element.
    ///
    /// - Parameters:
    ///   - bytes: The encoded list.
    ///   - signature: The expected signature.
    ///   - maximum: The most elements.
    ///   - element: Reads an element; returns `nil` for an invalid one.
    /// - Returns: The elements; `nil` if the bytes are not such a list.
    static func elements<Element>(
        _ bytes: [UInt8],
        signature: [UInt8],
        maximum: Int = .max,
        _ element: (inout VarintReader) -> Element?
    ) -> [Element]? {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = VarintReader(buffer)
            guard Array(reader.data()) == signature else { return nil }
            let count = reader.count()
            guard count <= maximum else { return nil }
            var elements: [Element] = []
            for _ in 0..<count {
                guard let next = element(&reader), reader.isValid else { return nil }
                elements.append(next)
            }
            return reader.isValid && !reader.hasMore ? elements : nil
        }
    }
}
