/// The frames of a body, made when they are asked for.
protocol FrameSource {
    /// The text that the frames refer to.
    var text: AnswerText { get }

    /// The next frame, `nil` after the last.
    mutating func nextFrame() -> Frame?
}

/// Frames that were made beforehand.
struct FrameList: FrameSource {
    let text: AnswerText
    private var frames: ArraySlice<Frame>

    /// A source of `frames`, in this order.
    init(_ frames: [Frame], text: AnswerText) {
        self.text = text
        self.frames = frames[...]
    }

    mutating func nextFrame() -> Frame? {
        frames.popFirst()
    }
}
