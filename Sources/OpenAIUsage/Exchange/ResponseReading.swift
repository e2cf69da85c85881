/// The response of an exchange while it is read: its meter, at a place of its own, since it is too large to be moved about.
///
/// The lock of the exchange is around every use of it, so that uses are not counted.
final class ResponseReading {
    @exclusivity(unchecked) var reader: ResponseReader

    init(mode: ResponseReader.Mode?, hint: BodySniffer.Hint, family: any EndpointFamily) {
        self.reader = ResponseReader(mode: mode, hint: hint, family: family)
    }
}
