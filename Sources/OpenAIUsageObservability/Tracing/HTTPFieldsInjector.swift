import HTTPTypes
import Instrumentation

/// Writes a trace context into the fields of a request, replacing that of an outer span.
struct HTTPFieldsInjector: Injector {
    func inject(_ value: String, forKey key: String, into fields: inout HTTPFields) {
        guard let name = HTTPField.Name(key) else { return }
        fields[name] = value
    }
}
