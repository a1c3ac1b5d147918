internal import Foundation
public import Imaging
public import Pipeline

/// The main object of a photo: its mask, its cut-out with clean edges, and a composite in a studio.
public struct CutoutStage: Stage {
    public static let kind: Kind = "cutout"
    public static let version = 8
    public static let abstract = "Cuts the main object out of a photo and sets it on a studio background."
    public static let arity = InputArity.one
    public static let companions: Set<String> = [CutoutComposite.slot]

    private let networks: MatteNetworks

    /// - Parameters:
    ///   - models: nil looks for the folder when a model is first needed.
    ///   - cache: where compiled networks are kept; nil compiles anew in every process.
    public init(models: ModelStore? = nil, cache: NetworkCache? = nil) {
        networks = MatteNetworks(models: models, cache: cache)
    }

    public static func budget(for options: CutoutOptions) -> Budget {
        Budget(pixels: 60_000_000, bytes: 1_792 << 20, wallSeconds: 120)
    }

    public static func validate(_ options: CutoutOptions) throws(Failure) { try options.check() }

    public func identity(for options: CutoutOptions) throws(Failure) -> [String] {
        let studio = options.background.isEmpty ? [] : [try Backdrop.named(options.background).identity]
        return try studio + networks.identity(of: Self.networks(for: options)) + [options.wished.identity()]
    }

    public func warmUp() throws(Failure) {
        let options = CutoutOptions()
        for name in Self.networks(for: options) {
            _ = try networks.session(name, options.wished, threads: Self.budget(for: options).threads)
        }
    }

    /// The networks' names, the one that draws the mask first.
    private static func networks(for options: CutoutOptions) -> [String] {
        [options.model.rawValue] + (options.subject == .vehicle ? [MatteNetworks.vehicles] : [])
            + (options.windows > 0 ? [MatteNetworks.parts] : [])
    }

    public func run(_ options: CutoutOptions, in context: StageContext) async throws(Failure) -> CutoutOutput {
        guard let input = context.photo else { throw Failure(.invalidInputs, "There is no picture.") }
        try CutoutComposite(options: options, context: context).check()
        try context.checkpoint(0, "reading the photo")
        let picture = try ImageFile.decode(input, in: context, as: .rgb)
        func open(_ name: String) throws(Failure) -> NeuralSession {
            try networks.session(name, options.wished, threads: context.budget.threads)
        }
        let session = try open(options.model.rawValue)
        let vehicles = options.subject == .vehicle ? try open(MatteNetworks.vehicles) : nil
        let drawing = options.windows > 0 ? try open(MatteNetworks.parts) : nil
        let matte: Matte
        do {
            matte = try Matte(
                of: picture, by: session, vehicles: vehicles, drawing: drawing, cancel: context.cancel
            ) { share, step throws(Failure) in
                try context.checkpoint(0.1 + 0.6 * share, step)
            }
        } catch { throw error.about(slot: input.slot) }
        context.log("cutout \(input.slot): \(matte.account)")
        let geometry = try geometry(of: matte)
        let flag = CutoutReview(options).flag(matte, geometry, slot: input.slot)
        if let flag { context.review(flag) }

        try context.checkpoint(0.7, "cleaning the edge")
        let cutout = flag == nil ? try cutout(of: picture, matte, options, context) : nil
        try context.checkpoint(0.75, "writing")
        let record = try CutoutRecord(of: input, options, precision: session.precision, in: context)
        let written = try CutoutFiles(options: options, context: context, photo: picture, record: record).write(
            mask: matte.alpha, cutout: cutout, geometry: geometry)
        if let flag = written.truth?.flag(slot: input.slot) { context.review(flag) }
        return CutoutOutput(
            geometry, matte, model: options.model.rawValue,
            precision: session.precision.rawValue, composite: written.composite, truth: written.truth)
    }

    /// Nil when nothing of the matte is opaque.
    private func geometry(of matte: Matte) throws(Failure) -> ObjectGeometry? {
        do { return try ObjectGeometry(alpha: matte.alpha) } catch {
            guard error.code == .noUsableViews else { throw error }
            return nil
        }
    }

    private func cutout(
        of picture: Bitmap, _ matte: Matte, _ options: CutoutOptions, _ context: StageContext
    ) throws(Failure) -> Bitmap {
        let whole = try picture.cutOut(by: matte.alpha, cancel: context.cancel)
        guard options.windows > 0, let parts = matte.parts else { return whole }
        return try whole.seenThrough(parts, amount: options.windows, cancel: context.cancel).cutout
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
    /// How much the object looks like a vehicle, 0...1; nil when nobody asked.
    public let vehicleShare: Double?
    /// Panes and wheels as shares of the object, 0...1; nil when nobody asked for them.
    public let glassShare, wheelShare: Double?
    public let model: String
    /// What ran: `f32` or `bf16`.
    public let precision: String
    /// How the composite was made; nil without one.
    public let composite: CompositeRecord?
    /// What was proven of the composite, or without one of the cut-out: only declared operations act on the object.
    public let truth: Truth?

    init(
        _ geometry: ObjectGeometry?, _ matte: Matte, model: String, precision: String,
        composite: CompositeRecord?, truth: Truth?
    ) {
        func short(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
        coverage = short(geometry?.coverage ?? 0)
        box = geometry.map { [$0.box.x, $0.box.y, $0.box.width, $0.box.height] } ?? [0, 0, 0, 0]
        cropped = geometry?.cropped ?? []
        wheelLine = geometry.map { ($0.wheelLine * 10).rounded() / 10 }
        confidence = short(matte.confidence)
        vehicleShare = matte.vehicleShare.map(short)
        (glassShare, wheelShare) = (matte.parts.map { short($0.glassShare) }, matte.parts.map { short($0.wheelShare) })
        (self.model, self.precision) = (model, precision)
        (self.composite, self.truth) = (composite, truth)
    }
}
