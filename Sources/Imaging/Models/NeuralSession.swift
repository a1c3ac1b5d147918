internal import CVShim
public import Foundation
public import Pipeline

/// A network compiled for this CPU: 3 planes of any size in, one map of that size out.
// @unchecked: the handle never changes after `init`, and the C++ side lets one run in at a time.
public final class NeuralSession: @unchecked Sendable {
    private let handle: OpaquePointer
    /// `f32` or `bf16`.
    public let precision: Precision

    /// Compiles an ONNX file; takes about a second.
    ///
    /// - Parameters:
    ///   - threads: those of one run. The output's bits don't depend on it.
    ///   - cache: a folder that keeps the compiled network; one opened from it gives the stored weights' memory back.
    /// - Throws: `modelMissing`, `modelCorrupt`.
    public init(
        model: URL, precision: Precision, threads: Int, cache: URL? = nil
    ) throws(Failure) {
        self.precision = precision.running()
        let wire = precision.shim
        do {
            handle = try callShim { out, error in
                cvs_session_create(model.path, cache?.path, wire, Int32(clamping: threads), out, error)
            }
        } catch {
            switch error.code {
            case .inputUnreadable:
                throw Failure(
                    .modelMissing, "A model is not installed.", hint: "Run scripts/setup.", detail: error.detail)
            case .imageCorrupt:
                throw Failure(
                    .modelCorrupt, "The file of a model is damaged.", hint: "Delete it and run scripts/setup.",
                    detail: error.detail)
            default: throw error
            }
        }
    }

    deinit { cvs_session_destroy(handle) }

    /// Runs the network on `planes`: 3 x height x width values, 16...1024 a side.
    ///
    /// - Returns: height x width values.
    public func run(
        _ planes: [Float], width: Int, height: Int, cancel: CancelFlag? = nil
    ) throws(Failure) -> [Float] {
        guard width > 0, height > 0, planes.count == 3 * width * height else {
            throw Failure(.internalError, "A network's input has the wrong size.", detail: "\(width) x \(height)")
        }
        var map = [Float](repeating: 0, count: width * height)
        try withCancelAddress(cancel) { flag throws(Failure) in
            try checkShim { error in
                planes.withUnsafeBufferPointer { input in
                    map.withUnsafeMutableBufferPointer { output in
                        guard let from = input.baseAddress, let to = output.baseAddress else { return .badArgument }
                        return cvs_session_run(
                            handle, from, Int32(clamping: width), Int32(clamping: height), to, flag, error)
                    }
                }
            }
        }
        return map
    }
}
