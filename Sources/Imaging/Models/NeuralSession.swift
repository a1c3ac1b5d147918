internal import CVShim
public import Foundation
public import Pipeline

/// A network compiled for this CPU: planes of any size in, maps of that size out.
// @unchecked: the handle never changes after `init`, and the C++ side lets one run in at a time.
public final class NeuralSession: @unchecked Sendable {
    private let handle: OpaquePointer
    /// `f32` or `bf16`.
    public let precision: Precision

    /// Compiles an ONNX file; takes about a second.
    ///
    /// - Parameters:
    ///   - threads: those of one run. The output's bits don't depend on it.
    ///   - size: the only one that it will run at; nil for any.
    ///   - cache: a folder that keeps the compiled network; one opened from it gives the stored weights' memory back.
    /// - Throws: `modelMissing`, `modelCorrupt`.
    public init(
        model: URL, precision: Precision, threads: Int, size: MapSize? = nil, cache: URL? = nil
    ) throws(Failure) {
        self.precision = precision.running()
        let wire = precision.shim
        do {
            handle = try callShim { out, error in
                cvs_session_create(
                    model.path, cache?.path, wire, Int32(clamping: threads), Int32(clamping: size?.width ?? 0),
                    Int32(clamping: size?.height ?? 0), out, error)
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

    /// Runs the network on the planes of a picture: `count` of height x width values, 16...2048 a side.
    ///
    /// - Parameter maps: how many maps of that size come out.
    /// - Returns: maps x height x width values.
    public func run(
        _ planes: [Float], count: Int = 3, width: Int, height: Int, maps: Int = 1, cancel: CancelFlag? = nil
    ) throws(Failure) -> [Float] {
        try run(planes, count: count, width: width, height: height, giving: maps * width * height, cancel: cancel)
    }

    /// The same for a network whose output has another size than its input: `giving` values in all, of its first
    /// `outputs` outputs, one after the other.
    public func run(
        _ planes: [Float], count: Int, width: Int, height: Int, giving: Int, outputs: Int = 1, cancel: CancelFlag? = nil
    ) throws(Failure) -> [Float] {
        guard width > 0, height > 0, giving > 0, planes.count == count * width * height else {
            throw Failure(.internalError, "A network's input has the wrong size.", detail: "\(width) x \(height)")
        }
        var found = [Float](repeating: 0, count: giving)
        try withCancelAddress(cancel) { flag throws(Failure) in
            try checkShim { error in
                planes.withUnsafeBufferPointer { input in
                    found.withUnsafeMutableBufferPointer { output in
                        guard let from = input.baseAddress, let to = output.baseAddress else { return .badArgument }
                        return cvs_session_run(
                            handle, from, Int32(clamping: count), Int32(clamping: width), Int32(clamping: height),
                            Int32(clamping: outputs), to, Int64(giving), flag, error)
                    }
                }
            }
        }
        return found
    }

    /// The same for a network whose output has a shape that nobody knows before.
    ///
    /// - Parameter atMost: how many values it may have.
    /// - Returns: the values, and the sides of their shape, 4 at most.
    func run(
        _ planes: [Float], count: Int, width: Int, height: Int, atMost: Int, cancel: CancelFlag? = nil
    ) throws(Failure) -> (values: [Float], shape: [Int]) {
        guard width > 0, height > 0, planes.count == count * width * height else {
            throw Failure(.internalError, "A network's input has the wrong size.", detail: "\(width) x \(height)")
        }
        var found = [Float](repeating: 0, count: atMost)
        var (shape, rank) = ([Int64](repeating: 0, count: 4), Int32(0))
        try withCancelAddress(cancel) { flag throws(Failure) in
            try checkShim { error in
                found.withUnsafeMutableBufferPointer { output in
                    guard let to = output.baseAddress else { return .badArgument }
                    return cvs_session_run_any(
                        handle, planes, Int32(clamping: count), Int32(clamping: width), Int32(clamping: height), to,
                        Int64(atMost), &shape, &rank, flag, error)
                }
            }
        }
        let sides = shape.prefix(Int(rank)).map { Int($0) }
        return (Array(found.prefix(sides.reduce(1, *))), sides)
    }

    /// The only size that a file's network takes; nil for any.
    static func size(of model: URL) throws(Failure) -> MapSize? {
        var (width, height) = (Int32(0), Int32(0))
        do { try checkShim { error in cvs_network_size(model.path, &width, &height, error) } } catch {
            guard error.code == .imageCorrupt else { throw error }
            throw Failure(
                .modelCorrupt, "The file of a model is no network of one picture.", hint: "Export it again as ONNX.",
                detail: error.detail)
        }
        return width > 0 ? MapSize(width: Int(width), height: Int(height)) : nil
    }
}
