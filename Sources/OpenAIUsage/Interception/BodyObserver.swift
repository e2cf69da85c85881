/// Sees the pieces of a body as they are read.
package protocol BodyObserver: AnyObject, Sendable {
    /// Takes a piece, before its reader has it.
    func receive(_ piece: ArraySlice<UInt8>)

    /// Takes the end of the body, or what the reading threw.
    func end(_ error: (any Error)?)
}
