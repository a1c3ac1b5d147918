public import Foundation
public import Imaging
public import Pipeline

/// A photo whose number plates are covered; one that is not safely decided waits for a person.
public struct PlatesStage: Stage {
    public static let kind: Kind = "plates"
    public static let version = 4
    public static let abstract = "Finds number plates on a photo and covers them; what is in doubt waits for a person."
    public static let arity = InputArity.one
    public static let companions: Set<String> = [logoSlot]
    /// The slot of a picture for the treatment `logo`.
    public static let logoSlot = "logo"
    /// A logo is shrunk to this.
    private static let logoSide = 2_048

    private let search: any PlateSearch

    /// - Parameters:
    ///   - models: nil looks for the folder when a model is first needed.
    ///   - cache: where compiled networks are kept; nil compiles anew in every process.
    ///   - detector: a user's own detector; nil looks for it when it is asked for.
    public init(models: ModelStore? = nil, cache: NetworkCache? = nil, detector: URL? = nil) {
        let rundum = NetworkSearch(networks: MatteNetworks(models: models, cache: cache))
        self.init(searching: ChosenSearch(rundum: rundum, own: OwnPlateDetector(file: detector)))
    }

    init(searching search: any PlateSearch) { self.search = search }

    public static func budget(for options: PlatesOptions) -> Budget {
        Budget(pixels: 60_000_000, bytes: 1_024 << 20, wallSeconds: 120)
    }

    public static func validate(_ options: PlatesOptions) throws(Failure) { try options.check() }

    public static func permissions(for options: PlatesOptions) -> Set<Permission> {
        options.text ? [.platesText] : []
    }

    public static let guarded: [Permission: Set<String>] = [.platesText: ["text", "textConfidence"]]

    public func identity(for options: PlatesOptions) throws(Failure) -> [String] {
        try search.identity(for: options)
    }

    public func warmUp() throws(Failure) {
        let options = PlatesOptions()
        try search.warmUp(options, threads: Self.budget(for: options).threads)
    }

    public func run(_ options: PlatesOptions, in context: StageContext) async throws(Failure) -> PlatesOutput {
        guard let input = context.inputs.first(where: { $0.slot != Self.logoSlot }) else {
            throw Failure(.invalidInputs, "There is no picture.")
        }
        try context.checkpoint(0, "reading the photo")
        let photo = try ImageFile.decode(input, in: context, as: .rgb)
        let logo = try logo(options, context)
        try context.checkpoint(0.2, "looking for number plates")
        let findings: PlateFindings
        do { findings = try search.findings(on: photo, options, in: context) } catch {
            throw error.about(slot: input.slot)
        }
        let plan = PlatesPlan(findings, options, sha256: input.sha256)
        // Numbers only: what a plate says is never logged.
        context.log(
            "plates \(input.slot): \(findings.plates.count) covered, \(plan.open.count) of \(findings.suspects.count) "
                + "suspects open")
        try context.checkpoint(0.7, "covering")
        let covered = try photo.covering(plan.covers, logo: logo, cancel: context.cancel)
        let source = Truth.Source(sha256: input.sha256, width: photo.width, height: photo.height)
        let truth = try Truth(
            of: covered, covering: plan.covers, of: photo, source: source, cancel: context.cancel)
        let flags = PlatesReview(plan: plan, slot: input.slot).flags + [truth.flag(slot: input.slot)].compactMap(\.self)
        for flag in flags { context.review(flag) }
        try context.checkpoint(0.8, "writing")
        let files = PlatesFiles(options: options, context: context)
        if flags.isEmpty {
            try files.write(image: covered, plan, of: input)
        } else {
            try files.write(review: PlatesReview(plan: plan, slot: input.slot).picture(covered, cancel: context.cancel))
        }
        return PlatesOutput(findings, plan, truth: truth, precision: options.wished.running().rawValue)
    }

    /// The picture that hangs in the plates' place; nil for other treatments.
    private func logo(_ options: PlatesOptions, _ context: StageContext) throws(Failure) -> Bitmap? {
        let supplied = context.inputs.first { $0.slot == Self.logoSlot }
        guard options.treatment == .logo else {
            guard supplied == nil else {
                throw Failure(
                    .invalidInputs, "There is a logo, but plates are covered with \(options.treatment.rawValue).",
                    hint: "Set treatment=logo, or leave the logo out.", slot: Self.logoSlot)
            }
            return nil
        }
        if let supplied {
            guard options.name.isEmpty else {
                throw Failure(
                    .invalidInputs, "There is a logo, and the option name asks for another.",
                    hint: "Leave one of them out.", slot: Self.logoSlot)
            }
            return try ImageFile.decode(supplied, in: context, as: .rgba, maxSide: Self.logoSide)
        }
        guard !options.name.isEmpty else {
            throw Failure(
                .invalidInputs, "There is nothing to hang in the plates' place.",
                hint: "Give a picture as the input logo, or a name with the option name.")
        }
        return try Bitmap.namePlate(options.name)
    }
}
