import CCurl
public import OpenAIUsage

extension UsageMeter {
    /// The meter for C programs, which pass it to `ccurl_metered`; valid for the lifetime of the meter.
    public var curlMeter: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }
}

/// Performs a call with a meter, for C; see `ccurl_metered` in `shim.h`.
// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
func ccurl_metered(
    _ handle: UnsafeMutableRawPointer!,
    _ call: UnsafePointer<ccurl_call>!,
    _ meter: OpaquePointer!
) -> CURLcode {
    guard let metered = begin(handle, call, meter) else { return CURLE_BAD_FUNCTION_ARGUMENT }
    return metered.perform()
}

/// Sets a call on a handle and starts to meter it, for C; see `ccurl_metered_begin` in `shim.h`.
// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
func ccurl_metered_begin(
    _ handle: UnsafeMutableRawPointer!,
    _ call: UnsafePointer<ccurl_call>!,
    _ meter: OpaquePointer!
) -> OpaquePointer! {
    begin(handle, call, meter).map { OpaquePointer(Unmanaged.passRetained($0).toOpaque()) }
}

/// Ends a call, for C; see `ccurl_metered_end` in `shim.h`.
// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
func ccurl_metered_end(_ call: OpaquePointer!, _ result: CURLcode) {
    guard let call else { return }
    Unmanaged<MeteredHandle>.fromOpaque(UnsafeRawPointer(call)).takeRetainedValue().end(result)
}

private func begin(
    _ handle: UnsafeMutableRawPointer?,
    _ call: UnsafePointer<ccurl_call>?,
    _ meter: OpaquePointer?
) -> MeteredHandle? {
    guard let handle, let call, let meter else { return nil }
    let usageMeter = Unmanaged<UsageMeter>.fromOpaque(UnsafeRawPointer(meter)).takeUnretainedValue()
    return try? MeteredHandle(handle, call.pointee, meter: usageMeter)
}
