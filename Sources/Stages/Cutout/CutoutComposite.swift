internal import Imaging
internal import Pipeline

/// The cut-out on its background: a studio by name, or the picture in the slot `background`.
struct CutoutComposite {
    /// The slot of a background picture.
    static let slot = Background.slot

    let options: CutoutOptions
    let context: StageContext

    private var supplied: StageInput? { context.inputs.first { $0.slot == Self.slot } }

    /// Whether anything asks for a composite.
    var isWanted: Bool { supplied != nil || !options.background.isEmpty }

    /// - Throws: `invalidInputs` for two backgrounds at once.
    func check() throws(Failure) {
        guard supplied == nil || options.background.isEmpty else {
            throw Failure(
                .invalidInputs, "There is a background picture, and the option background names a studio.",
                hint: "Leave one of them out.", slot: Self.slot)
        }
    }

    /// A composite, and how it came about.
    struct Made: Sendable {
        let picture: Bitmap
        let placement: Placement
        let record: CompositeRecord
    }

    func make(_ cutout: Bitmap, _ geometry: ObjectGeometry) throws(Failure) -> Made {
        let canvas = CanvasSize(width: options.width, height: options.height)
        let (scenery, name, version) = try scenery(canvas)
        let levelled = try geometry.levelled(cutout, cancel: context.cancel)
        var placement = Placement.lot(levelled, canvas: canvas, wheelLine: scenery.wheelLine)
        if options.harmonise {
            let tone = try ToneMeasure(cutout, cancel: context.cancel)
            (placement.whiteBalance, placement.toneGain) = (.neutral([tone]), tone.gain)
        }
        let picture = try Studio.compose(
            cutout: cutout, in: scenery, placement: placement, shadow: options.shadow, cancel: context.cancel)
        let record = CompositeRecord(
            background: name, version: version, view: levelled.view, placement: placement, floor: scenery.floor,
            shadow: options.shadow)
        return Made(picture: picture, placement: placement, record: record)
    }

    private func scenery(_ canvas: CanvasSize) throws(Failure) -> (Scenery, name: String, version: String) {
        guard let supplied else {
            let backdrop = try options.backdrop()
            return (
                try .painted(backdrop, canvas: canvas, cancel: context.cancel), backdrop.name, "\(backdrop.version)"
            )
        }
        // Twice the canvas leaves enough for a crop, and keeps a large picture's memory small.
        let picture = try ImageFile.decode(
            supplied, in: context, as: .rgb, maxSide: 3 * max(options.width, options.height))
        do {
            let scenery = try Scenery.supplied(
                picture, canvas: canvas, floorLine: options.floorLine, lightX: options.lightX.value,
                mirror: options.mirror.value ?? 0, cancel: context.cancel)
            return (scenery, supplied.backgroundName, supplied.sha256)
        } catch { throw error.about(slot: Self.slot) }
    }
}

extension StageContext {
    /// The input that is cut out, wherever a background stands among the inputs.
    var photo: StageInput? { inputs.first { $0.slot != CutoutComposite.slot } }
}

extension CutoutOptions {
    /// The named studio under the options that change it.
    func backdrop() throws(Failure) -> Backdrop {
        var backdrop = try Backdrop.named(background)
        if let colour = StudioColour(hex: sweepColour) { backdrop = backdrop.swept(colour) }
        if let side = lightX.value {
            // The light itself moves with the side that shadows fall from.
            let moved = 0.16 * (side - backdrop.floor.lightX)
            (backdrop.glow.x, backdrop.pool.x) = (backdrop.glow.x + moved, backdrop.pool.x + moved / 2)
            backdrop.floor.lightX = side
        }
        if let mirror = mirror.value { backdrop.floor.mirror = mirror }
        return backdrop
    }
}
