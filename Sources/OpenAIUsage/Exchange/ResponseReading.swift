/// The response of an exchange while it is read: its meter, at a place of its own, since it is too large to be moved about.
///
/// The lock of the exchange is around every use of it, so that uses are not counted.
final class ResponseReading {
    @exclusivity(unchecked) var meter: ResponseMeter

    init(mode: ResponseMeter.Mode?, hint: BodySniffer.Hint, meter: Endpoint.Meter) {
        self.meter = ResponseMeter(mode: mode, hint: hint, meter: meter)
    }
}
