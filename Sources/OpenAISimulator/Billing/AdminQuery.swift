/// The parameters of a request for usage or costs.
struct AdminQuery {
    var start: Int
    var end: Int
    /// The length of a bucket in seconds.
    var width: Int
    var limit: Int
    var groups: Set<String>
    var isFirstPage: Bool

    /// Parses the parameters.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - isCosts: True for costs, whose buckets are days.
    ///   - now: The time in seconds since 1970.
    ///   - maximumLimit: A bound of the buckets of a page; `nil` for the API's own.
    /// - Throws: The error of a missing or invalid parameter.
    init(_ request: ReceivedRequest, isCosts: Bool, now: Int, maximumLimit: Int?) throws(APIError) {
        func number(_ name: String) throws(APIError) -> Int? {
            guard let text = request.query(name) else { return nil }
            guard let value = Int(text), value >= 0 else {
                throw .invalidRequest("Invalid value of '\(name)': a whole number is expected.", parameter: name)
            }
            return value
        }
        guard let start = try number("start_time") else {
            throw .invalidRequest(
                "Missing required parameter: 'start_time'.",
                code: "missing_required_parameter",
                parameter: "start_time"
            )
        }
        let widthName = request.query("bucket_width") ?? "1d"
        let limits: (standard: Int, most: Int)
        switch (widthName, isCosts) {
        case ("1d", true): (width, limits) = (86_400, (7, 180))
        case ("1d", false): (width, limits) = (86_400, (7, 31))
        case ("1h", false): (width, limits) = (3_600, (24, 168))
        case ("1m", false): (width, limits) = (60, (60, 1_440))
        default: throw .invalidRequest("Invalid value of 'bucket_width': '\(widthName)'.", parameter: "bucket_width")
        }
        let asked = try number("limit") ?? limits.standard
        guard 1...limits.most ~= asked else {
            throw .invalidRequest("Invalid value of 'limit': use 1 to \(limits.most).", parameter: "limit")
        }
        limit = min(asked, maximumLimit ?? asked)
        self.end = min(try number("end_time") ?? now + 1, now + 1)
        groups = Set(request.queries("group_by[]") + request.queries("group_by%5B%5D") + request.queries("group_by"))
        isFirstPage = request.query("page") == nil
        let first = request.query("page").flatMap { $0.hasPrefix("page_") ? Int($0.dropFirst(5)) : nil }
        self.start = (first ?? start) / width * width
    }

    /// The starts of the buckets of this page.
    var buckets: [Int] { Array(stride(from: start, to: end, by: width).prefix(limit)) }

    /// The cursor of the next page; `nil` if there is none.
    var nextPage: String? {
        let next = start + limit * width
        return next < end ? "page_\(next)" : nil
    }
}
