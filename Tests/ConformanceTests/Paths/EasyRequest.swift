import CCurl
import Glibc
import HTTPTypes
import OpenAIUsage

/// A request in libcurl's words.
enum EasyRequest {
    /// Tells the request, and takes it back behind the body.
    static func with<Value>(_ request: Request, _ body: (ccurl_call) -> Value) -> Value {
        let head = request.head
        var call = ccurl_call()
        let url = strdup("http://\(head.authority ?? "")\(head.path ?? "/")")
        let method = strdup(head.method.rawValue)
        var fields: UnsafeMutablePointer<curl_slist>?
        for field in head.headerFields { fields = curl_slist_append(fields, "\(field.name.rawName): \(field.value)") }
        // Without it libcurl waits a second with long bodies, for a server that says nothing to it.
        fields = curl_slist_append(fields, "Expect:")
        defer {
            free(url)
            free(method)
            curl_slist_free_all(fields)
        }
        call.url = UnsafePointer(url)
        call.method = UnsafePointer(method)
        call.fields = UnsafePointer(fields)
        guard let bytes = request.body?.bytes else { return body(call) }
        return bytes.withUnsafeBytes { bytes in
            call.body = bytes.baseAddress
            call.body_length = curl_off_t(bytes.count)
            return body(call)
        }
    }
}
