import HTTPTypes
import Instrumentation

/// Writes a trace's context into the fields of a request, where it replaces an outer one.
struct HTTPFieldsInjector: Injector {
    func inject(_ value: String, forKey key: String, into fields: inout HTTPFields) {
        guard let name = HTTPField.Name(key) else { return }
        fields[name] = value
    }
}
