/// The frames of a body, created on demand.
protocol FrameSource {
    /// The text that the frames refer to.
    var text: AnswerText { get }

    /// Returns the next frame; `nil` after the last.
    mutating func nextFrame() -> Frame?
}

/// A list of frames that were created beforehand.
struct FrameList: FrameSource {
    let text: AnswerText
    private var frames: ArraySlice<Frame>

    /// Creates a source of `frames`, in this order.
    init(_ frames: [Frame], text: AnswerText) {
        self.text = text
        self.frames = frames[...]
    }

    mutating func nextFrame() -> Frame? {
        frames.popFirst()
    }
}
