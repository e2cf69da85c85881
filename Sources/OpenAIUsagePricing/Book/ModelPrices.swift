/// The prices of a model.
package final class ModelPrices: Sendable {
    /// The kind of work a model does.
    package enum Kind: String, Sendable, CaseIterable {
        /// Text.
        case text
        /// Images.
        case image
        /// Realtime sessions.
        case realtime
        /// Speech to text.
        case transcription
        /// Moderation results.
        case moderation
        /// Text to speech.
        case speech
        /// Embeddings.
        case embedding
        /// Videos.
        case video
    }

    /// The layer that a model's prices come from.
    package enum Origin: String, Sendable, CaseIterable {
        /// The base price book.
        case book
        /// A book layered over the base.
        case override
        /// The prices of a single project.
        case project
    }

    /// The model's name, unique within a book.
    package let id: String
    /// All names with these prices, including ``id``.
    package let names: [String]
    /// The kind of work the model does.
    package let kind: Kind
    /// The prices by period, in chronological order.
    package let periods: [PricePeriod]
    /// The day on which the provider retires the model; `nil` if none is announced.
    package let shutdown: UTCDay?
    /// The layer that the prices come from.
    package let origin: Origin
    /// True if the model always searches the web, with the older search tool.
    let isSearchModel: Bool
    /// True if search content is billed as a fixed number of tokens that the usage does not include.
    let hasFixedSearchContent: Bool

    init(
        id: String,
        names: [String],
        kind: Kind,
        periods: [PricePeriod],
        shutdown: UTCDay?,
        origin: Origin = .book
    ) {
        self.id = id
        self.names = names
        self.kind = kind
        self.periods = periods
        self.shutdown = shutdown
        self.origin = origin
        isSearchModel = id.contains("-search-preview")
        hasFixedSearchContent = id == "gpt-4o-mini" || id == "gpt-4.1-mini"
    }

    /// Returns the prices that apply on a day; `nil` if there are none.
    package func period(on day: UTCDay) -> PricePeriod? { periodIndex(on: day).map { periods[$0] } }

    /// Returns the index of the period that includes a day; `nil` if there is none.
    func periodIndex(on day: UTCDay) -> Int? {
        for index in periods.indices where periods[index].days.contains(day) { return index }
        return nil
    }

    /// True if the prices override the base book's; overrides apply at every host.
    package var isOverride: Bool { origin != .book }

    func applying(_ fallback: [PriceItem: PriceItem]) -> ModelPrices {
        copy(id: id, names: names, periods: periods.map { $0.applying(fallback) }, origin: origin)
    }

    func moved(to origin: Origin, names: [String]) -> ModelPrices {
        copy(id: id, names: names, periods: periods, origin: origin)
    }

    func renamed(id: String, names: [String]) -> ModelPrices {
        copy(id: id, names: names, periods: periods, origin: origin)
    }

    private func copy(id: String, names: [String], periods: [PricePeriod], origin: Origin) -> ModelPrices {
        ModelPrices(id: id, names: names, kind: kind, periods: periods, shutdown: shutdown, origin: origin)
    }
}
