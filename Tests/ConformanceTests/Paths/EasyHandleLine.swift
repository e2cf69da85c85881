import OpenAIUsage

/// A metered easy handle that a program drives with a multi handle, called in the words of a transport.
struct EasyHandleLine: Transport {
    private let setting: CallPath.Setting

    init(_ setting: CallPath.Setting) {
        self.setting = setting
    }

    func send(_ request: Request, context: CallContext) async throws -> Response {
        let (call, pieces) = EasyCall.make()
        return try await withTaskCancellationHandler {
            let head = try await call.begin(request, meter: setting.meter, patience: setting.patience)
            return Response(head: head, body: Body(pieces))
        } onCancel: {
            call.stop()
        }
    }
}
