package import ArgumentParser
import OpenAIUsageLedger

// The completions of argument types, which every option of the type has.

extension CalendarPeriod {
    package static var defaultCompletionKind: CompletionKind { .words(names) }
}

extension TimestampArgument {
    package static var defaultCompletionKind: CompletionKind { .words(["today", "yesterday", "24h", "7d", "30d"]) }
}

extension TimeZoneArgument {
    static var defaultCompletionKind: CompletionKind { .timeZones }
}

extension TagSelection {
    package static var defaultCompletionKind: CompletionKind { .tags }
}

extension Dimensions {
    static var defaultCompletionKind: CompletionKind { .dimensions }
}
