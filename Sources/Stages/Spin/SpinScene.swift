internal import Imaging
internal import Pipeline

/// What the car turns on: a studio by name, or the picture in the slot `background`.
struct SpinScene: Sendable {
    let scenery: Scenery
    /// The studio's name, the picture's reference, or `picture`.
    let name: String
    /// The name with the studio's version, as files say it.
    let reference: String
    /// Whether light interface elements read better on it than dark ones.
    let isDark: Bool
    /// What the picture says of itself; nil for a studio that a formula painted.
    let sourceType: SourceType?

    init(_ options: SpinOptions, _ canvas: CanvasSize, _ context: StageContext) throws(Failure) {
        guard let picture = context.inputs.first(where: { $0.slot == Background.slot }) else {
            let backdrop = try Backdrop.named(options.backdrop)
            scenery = try .painted(backdrop, canvas: canvas, cancel: context.cancel)
            (name, reference) = (backdrop.name, "\(backdrop.name)@\(backdrop.version)")
            (isDark, sourceType) = (backdrop.isDark, nil)
            return
        }
        let pixels = try ImageFile.decode(picture, in: context, as: .rgb, maxSide: 3 * max(canvas.width, canvas.height))
        do {
            scenery = try .supplied(
                pixels, canvas: canvas, floorLine: options.floorLine, lightX: options.lightX.value,
                cancel: context.cancel)
            // 8-bit luma of the whole picture: the viewer's buttons lie at its border.
            let small = try scenery.picture.converted(channels: 1).resized(width: 1, height: 1, filter: .area)
            isDark = small.withPixels { $0[0] } < 110
        } catch { throw error.about(slot: picture.slot) }
        (name, reference) = (picture.backgroundName, picture.backgroundName)
        sourceType = try Provenance(of: picture, in: context).sourceType
    }
}

extension StageInput {
    /// A background's reference, such as `hall@2`; `picture` for a file of any other name.
    var backgroundName: String { LibraryReference(name)?.version == nil ? "picture" : name }
}
