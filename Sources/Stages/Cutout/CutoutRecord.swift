internal import Imaging
internal import Pipeline

/// What the files of one cut-out say of their making.
struct CutoutRecord: Sendable {
    let cutout: Provenance

    /// - Parameter precision: the arithmetic that ran.
    init(_ options: CutoutOptions, precision: Precision, in context: StageContext) throws(Failure) {
        guard let input = context.photo else { throw Failure(.invalidInputs, "There is no picture.") }
        let photo = try Provenance(of: input, in: context)
        let step = Provenance.Step("cutout", "model=\(options.model.rawValue) precision=\(precision.rawValue)")
        let windows = options.windows > 0 ? [Provenance.Step("windows", "amount=\(options.windows)")] : []
        cutout = photo.adding([step] + windows, as: photo.sourceType.altered)
    }

    /// The composite's record: a studio that a formula painted is no photo, but no generative AI either.
    func composite(_ made: CutoutComposite.Made) -> Provenance {
        let scene = "background=\(made.record.background)@\(made.record.version) shadow=\(made.record.shadow)"
        return cutout.adding(
            made.placement.operations.map(\.step) + [Provenance.Step("composite", scene)],
            as: cutout.sourceType.composed())
    }
}
