/// An observer of a body's pieces while they are read.
package protocol BodyObserver: AnyObject, Sendable {
    /// Called with a piece, before its reader receives it.
    func receive(_ piece: ArraySlice<UInt8>)

    /// Called at the end of the body, with the error if reading it throws.
    func end(_ error: (any Error)?)
}
