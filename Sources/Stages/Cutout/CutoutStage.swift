internal import Foundation
public import Imaging
public import Pipeline

/// The main object of a photo: its mask, its cut-out with clean edges, and a composite in a studio.
public struct CutoutStage: Stage {
    public static let kind: Kind = "cutout"
    public static let version = 3
    public static let abstract = "Cuts the main object out of a photo and sets it on a studio background."
    public static let arity = InputArity.one
    public static let companions: Set<String> = [CutoutComposite.slot]

    /// Below it a person looks before the result is used.
    static let leastConfidence = 0.5

    private let models: ModelStore?
    private let sessions: SessionPool

    /// - Parameters:
    ///   - models: nil looks for the folder when a model is first needed.
    ///   - cache: where compiled networks are kept; nil compiles anew in every process.
    public init(models: ModelStore? = nil, cache: NetworkCache? = nil) {
        self.models = models
        sessions = SessionPool(cache: cache)
    }

    public static func budget(for options: CutoutOptions) -> Budget {
        Budget(pixels: 60_000_000, bytes: 1_792 << 20, wallSeconds: 120)
    }

    public static func validate(_ options: CutoutOptions) throws(Failure) { try options.check() }

    public func identity(for options: CutoutOptions) throws(Failure) -> [String] {
        let model = try store().model(options.model.rawValue)
        let studio = options.background.isEmpty ? [] : [try Backdrop.named(options.background).identity]
        return studio + ["\(model.name):\(model.sha256)", options.wished.identity()]
    }

    public func warmUp() throws(Failure) {
        let options = CutoutOptions()
        _ = try session(options, threads: Self.budget(for: options).threads)
    }

    public func run(_ options: CutoutOptions, in context: StageContext) async throws(Failure) -> CutoutOutput {
        guard let input = context.inputs.first(where: { !Self.companions.contains($0.slot) }) else {
            throw Failure(.invalidInputs, "There is no picture.")
        }
        try CutoutComposite(options: options, context: context).check()
        try context.checkpoint(0, "reading the photo")
        let picture = try ImageFile.decode(input, in: context, as: .rgb)
        let session = try session(options, threads: context.budget.threads)
        let matte: Matte
        do {
            matte = try Matte(of: picture, by: session, cancel: context.cancel) { share, step throws(Failure) in
                try context.checkpoint(0.1 + 0.6 * share, step)
            }
        } catch { throw error.about(slot: input.slot) }
        context.log("cutout \(input.slot): \(matte.account)")
        let geometry = try geometry(of: matte)
        let isCertain = geometry != nil && matte.confidence >= Self.leastConfidence
        if !isCertain { context.review(Self.noMainObject(input.slot)) }

        try context.checkpoint(0.7, "cleaning the edge")
        let cutout = isCertain ? try picture.cutOut(by: matte.alpha, cancel: context.cancel) : nil
        try context.checkpoint(0.75, "writing")
        let record = try CutoutRecord(options, precision: session.precision, in: context)
        let written = try CutoutFiles(options: options, context: context, photo: picture, record: record).write(
            mask: matte.alpha, cutout: cutout, geometry: geometry)
        if let flag = written.truth?.flag(slot: input.slot) { context.review(flag) }
        return CutoutOutput(
            geometry, confidence: matte.confidence, model: options.model.rawValue,
            precision: session.precision.rawValue, composite: written.composite, truth: written.truth)
    }

    private func store() throws(Failure) -> ModelStore {
        if let models { return models }
        return try ModelStore.found()
    }

    private func session(_ options: CutoutOptions, threads: Int) throws(Failure) -> NeuralSession {
        let store = try store()
        return try sessions.session(
            of: store.model(options.model.rawValue), in: store, precision: options.wished, threads: threads)
    }

    /// Nil when nothing of the matte is opaque.
    private func geometry(of matte: Matte) throws(Failure) -> ObjectGeometry? {
        do { return try ObjectGeometry(alpha: matte.alpha) } catch {
            guard error.code == .noUsableViews else { throw error }
            return nil
        }
    }

    private static func noMainObject(_ slot: String) -> ReviewFlag {
        ReviewFlag(
            code: "no_main_object", summary: "No car or other main object stands out on this photo.",
            hint: "Take it again with the whole car in the middle.", slot: slot)
    }
}

/// What `cutout` found.
public struct CutoutOutput: Codable, Sendable, Equatable {
    /// Share of the photo that the object covers, 0...1.
    public let coverage: Double
    /// x, y, width and height of the object in pixels of the upright photo; zeros when there is none.
    public let box: [Int]
    /// The photo's edges that cut the object.
    public let cropped: [PictureEdge]
    /// Where the object stands, in pixels from the top: the lowest contact's lower border.
    public let wheelLine: Double?
    /// 0...1; below 0.5 the result is flagged `no_main_object`.
    public let confidence: Double
    public let model: String
    /// What ran: `f32` or `bf16`.
    public let precision: String
    /// How the composite was made; nil without one.
    public let composite: CompositeRecord?
    /// What was proven of the composite, or without one of the cut-out: only declared operations act on the object.
    public let truth: Truth?

    init(
        _ geometry: ObjectGeometry?, confidence: Double, model: String, precision: String,
        composite: CompositeRecord?, truth: Truth?
    ) {
        func short(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
        coverage = short(geometry?.coverage ?? 0)
        box = geometry.map { [$0.box.x, $0.box.y, $0.box.width, $0.box.height] } ?? [0, 0, 0, 0]
        cropped = geometry?.cropped ?? []
        wheelLine = geometry.map { ($0.wheelLine * 10).rounded() / 10 }
        self.confidence = short(confidence)
        (self.model, self.precision) = (model, precision)
        (self.composite, self.truth) = (composite, truth)
    }
}
