import OpenAIUsage

/// The instructions for a machine without a ledger.
struct FirstSteps {
    /// The path at which a ledger is looked for.
    let ledger: String

    var text: String {
        """
        There is no ledger yet: \(TextCleaner.removingUnsafe(from: ledger))

        See it work first, without a key and without cost:
          oai-usage demo

        Meter your own calls:
          oai-usage gateway --upstream https://api.openai.com
          OPENAI_BASE_URL=http://127.0.0.1:8787/v1 python my_program.py

        A ledger elsewhere is named by --ledger, or by the variable OAI_USAGE_LEDGER.
        For everything else, see 'oai-usage --help'.

        """
    }
}
