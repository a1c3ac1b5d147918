internal import Imaging
internal import Pipeline

/// What the truth guard needs of one cut-out: the photo, and what was made of it.
struct CutoutProof: Sendable {
    let photo, cutout: Bitmap
    let composite: CutoutComposite.Made?

    /// Compares the cut-out and, when there is one, the composite with the photo; a breach by the cut-out is told first.
    func truth(in context: StageContext) throws(Failure) -> Truth {
        let source = Truth.Source(
            sha256: context.photo?.sha256 ?? "", width: photo.width, height: photo.height)
        let cut = try Truth(of: cutout, from: photo, source: source, cancel: context.cancel)
        guard let composite, cut.holds else { return cut }
        return try Truth(
            of: composite.picture, placed: composite.placement, from: photo, alpha: cutout, source: source,
            cancel: context.cancel)
    }
}
