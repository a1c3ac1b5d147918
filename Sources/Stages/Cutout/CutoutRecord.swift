internal import Imaging
internal import Pipeline

/// What the files of one cut-out say of their making.
struct CutoutRecord: Sendable {
    let cutout: Provenance
    /// What a background picture says of itself; nil for a studio that a formula painted.
    private let background: SourceType?

    /// - Parameter precision: the arithmetic that ran.
    init(
        of input: StageInput, _ options: CutoutOptions, precision: Precision, in context: StageContext
    ) throws(Failure) {
        let photo = try Provenance(of: input, in: context)
        // One step: a whole history must fit into a packet.
        let windows = options.windows > 0 ? " windows=\(options.windows)" : ""
        let focal = try Self.focal(of: input, photo, in: context)
        let said = "model=\(options.model.rawValue) precision=\(precision.rawValue)" + windows + focal
        cutout = photo.adding([Provenance.Step("cutout", said)], as: photo.sourceType.altered)
        let picture = context.inputs.first { $0.slot == CutoutComposite.slot }
        background = try picture.map { picture throws(Failure) in try Provenance(of: picture, in: context).sourceType }
    }

    /// What the photo, or its record, says of its lens, for who puts cut-outs together in space: nothing else of EXIF goes on.
    private static func focal(
        of input: StageInput, _ photo: Provenance, in context: StageContext
    ) throws(Failure) -> String {
        let film = try ImageFile.probe(input, in: context).camera.focalLength35 ?? photo.focalLength35
        return film.map { (1...2_000).contains($0) ? " focal35=\(($0 * 10).rounded() / 10)" : "" } ?? ""
    }

    /// The composite's record: a studio that a formula painted is no photo, but no generative AI either.
    func composite(_ made: CutoutComposite.Made) -> Provenance {
        let record = made.record
        // A picture's version is its hash, which the job's data tell; its name says enough here.
        let name = background == nil ? "\(record.background)@\(record.version)" : record.background
        let step = Provenance.Step("composite", "background=\(name) shadow=\(record.shadow)")
        return cutout.adding(made.placement.operations.steps + [step], as: cutout.sourceType.composed(with: background))
    }
}
