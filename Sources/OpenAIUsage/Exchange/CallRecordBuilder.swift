/// The record of an attempt in flight, with the facts of its body on which the outcome depends.
///
/// The record is at an address of its own and is moved out at the end, since it is large and expensive to copy.
///
/// SAFETY: only the builder knows the address, and there is one builder of it, which frees it or hands it on.
struct CallRecordBuilder: ~Copyable, @unchecked Sendable {
    private let place: UnsafeMutablePointer<CallRecord>
    /// True if the response's content coding is not supported.
    var isCodingUnknown = false
    /// True if the response's content coding could not be decoded.
    var isEncodingBroken = false

    init(_ record: consuming CallRecord) {
        place = .allocate(capacity: 1)
        place.initialize(to: consume record)
    }

    deinit {
        place.deinitialize(count: 1)
        place.deallocate()
    }

    var record: CallRecord {
        _read { yield place.pointee }
        _modify { yield &place.pointee }
    }

    /// A copy of the builder.
    var copy: CallRecordBuilder {
        var copy = CallRecordBuilder(record)
        copy.isCodingUnknown = isCodingUnknown
        copy.isEncodingBroken = isEncodingBroken
        return copy
    }

    /// Ends the builder and returns its record.
    consuming func finished() -> CallRecord {
        let place = place
        discard self
        defer { place.deallocate() }
        return place.move()
    }
}
