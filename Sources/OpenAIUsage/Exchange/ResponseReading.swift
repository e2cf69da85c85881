/// The response of an exchange while it is read: its meter, at a place of its own, since it is too large to be moved about.
final class ResponseReading {
    var meter: ResponseMeter

    init(mode: ResponseMeter.Mode, meter: Endpoint.Meter) {
        self.meter = ResponseMeter(mode: mode, meter: meter)
    }
}
