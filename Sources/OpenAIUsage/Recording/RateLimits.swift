/// The rate limits that a response reported, by resource (`requests`, `tokens`, `project-tokens`, `images`, ...).
public struct RateLimits: Sendable, Equatable {
    /// The state of one limit.
    public struct Window: Sendable, Equatable {
        /// The most that the window allows.
        public var limit: Int64?
        /// The amount that is left.
        public var remaining: Int64?
        package var resetMicroseconds: Int64?

        /// Creates a window; a value that is not known is `nil`.
        public init(limit: Int64? = nil, remaining: Int64? = nil, reset: Duration? = nil) {
            self.limit = limit
            self.remaining = remaining
            resetMicroseconds = reset?.microseconds
        }

        package init(limit: Int64?, remaining: Int64?, resetMicroseconds: Int64?) {
            self.limit = limit
            self.remaining = remaining
            self.resetMicroseconds = resetMicroseconds
        }

        /// The time until the window is full again.
        public var reset: Duration? {
            get { resetMicroseconds.map { .microseconds($0) } }
            set { resetMicroseconds = newValue?.microseconds }
        }
    }

    /// The windows by resource, in the order in which the response named them.
    public var windows: [(resource: String, window: Window)]

    /// Creates limits without any window.
    public init() {
        self.windows = []
    }

    /// The window of a resource; `nil` if it is not known.
    public subscript(resource: String) -> Window? {
        get { windows.first { $0.resource == resource }?.window }
        set {
            let index = windows.firstIndex { $0.resource == resource }
            switch (index, newValue) {
            case (let index?, let window?): windows[index].window = window
            case (let index?, nil): windows.remove(at: index)
            case (nil, let window?): windows.append((resource, window))
            case (nil, nil): break
            }
        }
    }

    /// True if both have the same windows in the same order.
    public static func == (left: RateLimits, right: RateLimits) -> Bool {
        left.windows.count == right.windows.count
            && zip(left.windows, right.windows).allSatisfy { $0.resource == $1.resource && $0.window == $1.window }
    }
}
