import CCurl
import OpenAIUsage
import OpenAIUsageCurl

/// The sample of an easy handle.
enum EasyHandleSample {
    static func perform(_ handle: UnsafeMutableRawPointer, _ call: ccurl_call, _ meter: UsageMeter) throws -> CURLcode {
        let metered = try MeteredHandle(handle, call, meter: meter)
        let result = metered.perform()
        return result
    }
}
