/// The reader of a response at a stable address, since it is too large to be moved.
///
/// The lock of the exchange guards every use, so that exclusivity need not be checked.
final class ResponseReading {
    @exclusivity(unchecked) var reader: ResponseReader

    init(mode: ResponseReader.Mode?, hint: BodySniffer.Hint, family: any EndpointFamily) {
        self.reader = ResponseReader(mode: mode, hint: hint, family: family)
    }
}
