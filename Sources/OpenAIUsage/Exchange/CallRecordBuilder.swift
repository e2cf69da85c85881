/// A record while its attempt is under way, with what is decided from it and the two bodies.
///
/// The record stands at a place of its own and is moved out at the end: it is large, so that copies would cost more than
/// what they are made for.
///
/// SAFETY: the builder alone knows the place, and there is one builder of it, which frees it or hands it on.
struct CallRecordBuilder: ~Copyable, @unchecked Sendable {
    private let place: UnsafeMutablePointer<CallRecord>
    /// Whether the response's content coding is one that cannot be read.
    var isCodingUnknown = false
    /// Whether the response's content coding could not be undone.
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

    /// Another builder that says the same.
    var copy: CallRecordBuilder {
        var copy = CallRecordBuilder(record)
        copy.isCodingUnknown = isCodingUnknown
        copy.isEncodingBroken = isEncodingBroken
        return copy
    }

    /// Ends the builder and hands out its record.
    consuming func finished() -> CallRecord {
        let place = place
        discard self
        defer { place.deallocate() }
        return place.move()
    }
}
