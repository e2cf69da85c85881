/// An incremental parser of the event stream format of the WHATWG HTML standard, section 9.2.
///
/// It buffers nothing: the bytes of a `data` line are reported in place, however long the line is, so that an event of
/// any size is read in constant memory. Lines end with CR, LF or CRLF, and may be cut anywhere.
package struct ServerSentEventParser: Sendable {
    /// A parsed element.
    package enum Event: Sendable, Equatable {
        /// The start of a data line; every further one of an event continues its data after a line feed.
        case dataLine
        /// Bytes of a data line.
        case data(Range<Int>)
        /// The start of a line with the event's name, which replaces an earlier one.
        case nameLine
        /// Bytes of the event's name.
        case name(Range<Int>)
        /// The start of a line of the field `error`, which no standard defines and some servers send in place of data.
        case errorLine
        /// Bytes of a line of the field `error`.
        case error(Range<Int>)
        /// A blank line: the event is complete.
        case dispatch
        /// All given bytes are parsed.
        case exhausted
    }

    private enum State: UInt8, Sendable {
        case byteOrderMark, lineStart, field, afterColon, data, name, error, ignored
    }

    private static let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    private static let dataField = Array("data".utf8)
    private static let nameField = Array("event".utf8)
    private static let errorField = Array("error".utf8)
    /// `data: ` and `event: `, the first byte in the lowest bits.
    private static let dataStart: UInt64 = 0x203a_6174_6164
    private static let nameStart: UInt64 = 0x20_3a74_6e65_7665

    private var state = State.byteOrderMark
    private var matched = 0
    private var isName = false
    private var isData = false
    private var isError = false
    private var skipsLineFeed = false

    /// Creates a parser at the start of a stream.
    package init() {}

    /// True if the parser is inside a line, to which the next bytes belong.
    package var isInsideLine: Bool {
        switch state {
        case .byteOrderMark, .lineStart: false
        case .field, .afterColon, .data, .name, .error, .ignored: true
        }
    }

    /// Parses from the position until an element is found or the bytes are used up.
    package mutating func next(in bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) -> Event {
        guard let base = bytes.baseAddress else { return .exhausted }
        let count = bytes.count
        while position < count {
            if skipsLineFeed {
                skipsLineFeed = false
                if base[position] == 0x0a {
                    position += 1
                    continue
                }
            }
            switch state {
            case .byteOrderMark:
                if base[position] == Self.mark[matched] {
                    position += 1
                    matched += 1
                    if matched == Self.mark.count { begin(.lineStart) }
                } else if matched == 0 {
                    begin(.lineStart)
                } else {
                    // An incomplete byte-order mark: a field of an unknown name.
                    begin(.ignored)
                }
            case .lineStart:
                let byte = base[position]
                if byte == 0x0a || byte == 0x0d {
                    endLine(byte, &position)
                    return .dispatch
                }
                if let event = beginLine(base, &position, count) { return event }
                matched = 0
                isData = true
                isName = true
                isError = true
                state = .field
            case .field:
                if let event = fieldByte(base[position], &position) { return event }
            case .afterColon:
                if base[position] == 0x20 { position += 1 }
                state = isData ? .data : isName ? .name : isError ? .error : .ignored
                if isData { return .dataLine }
                if isName { return .nameLine }
                if isError { return .errorLine }
            case .data, .name, .error, .ignored:
                let end = ByteSearch.endOfLine(base, position, count)
                let range = position..<end
                position = end
                let ended = state
                if end < count { endLine(base[end], &position) }
                guard !range.isEmpty else { continue }
                if ended == .data { return .data(range) }
                if ended == .name { return .name(range) }
                if ended == .error { return .error(range) }
            }
        }
        return .exhausted
    }

    /// Parses the start of a line at once if it is one of the two most frequent.
    @inline(__always)
    private mutating func beginLine(_ base: UnsafePointer<UInt8>, _ position: inout Int, _ count: Int) -> Event? {
        guard count &- position >= 8 else { return nil }
        let word = UInt64(littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
        if word & 0xffff_ffff_ffff == Self.dataStart {
            position &+= 6
            state = .data
            return .dataLine
        }
        if word & 0xff_ffff_ffff_ffff == Self.nameStart {
            position &+= 7
            state = .name
            return .nameLine
        }
        return nil
    }

    /// Parses a byte of a field's name.
    private mutating func fieldByte(_ byte: UInt8, _ position: inout Int) -> Event? {
        if byte == 0x0a || byte == 0x0d {
            // A line without a colon is a field with an empty value.
            let isData = isData && matched == Self.dataField.count
            let isName = isName && matched == Self.nameField.count
            endLine(byte, &position)
            return isData ? .dataLine : isName ? .nameLine : nil
        }
        position += 1
        if byte == UInt8(ascii: ":") {
            isData = isData && matched == Self.dataField.count
            isName = isName && matched == Self.nameField.count
            isError = isError && matched == Self.errorField.count
            state = isData || isName || isError ? .afterColon : .ignored
            return nil
        }
        isData = isData && matched < Self.dataField.count && Self.dataField[matched] == byte
        isName = isName && matched < Self.nameField.count && Self.nameField[matched] == byte
        isError = isError && matched < Self.errorField.count && Self.errorField[matched] == byte
        matched += 1
        if !isData, !isName, !isError { state = .ignored }
        return nil
    }

    private mutating func begin(_ next: State) {
        state = next
        matched = 0
    }

    private mutating func endLine(_ byte: UInt8, _ position: inout Int) {
        position += 1
        skipsLineFeed = byte == 0x0d
        begin(.lineStart)
    }
}
