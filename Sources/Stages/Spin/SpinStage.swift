internal import Foundation
internal import Imaging
public import Pipeline

/// A car that turns: stabilised photographs on one studio background, a sprite, and a page to turn it with.
public struct SpinStage: Stage {
    public static let kind: Kind = "spin"
    public static let version = 4
    public static let abstract = "Stabilises cut-outs taken round a car and makes a spin with an offline viewer page."
    public static let arity = InputArity.set(1...36)
    public static let companions: Set<String> = [Background.slot]

    public init() {}

    public static func budget(for options: SpinOptions) -> Budget {
        Budget(pixels: 60_000_000, bytes: 1 << 30, wallSeconds: 300)
    }

    public func identity(for options: SpinOptions) throws(Failure) -> [String] {
        [try Backdrop.named(options.backdrop).identity]
    }

    public func run(_ options: SpinOptions, in context: StageContext) async throws(Failure) -> SpinOutput {
        let photos = context.inputs.filter { !Self.companions.contains($0.slot) }
        guard !photos.isEmpty else { throw Failure(.noUsableViews, "There are no photos.", hint: "Give 1 to 36.") }
        let ring = try SpinRing(slots: photos.map(\.slot), options: options)
        let survey = try SpinSurvey(ring, photos, options, context)
        let canvas = CanvasSize(width: options.width, height: options.height)
        let scene = try SpinScene(options, canvas, context)
        let plan = SpinPlan(
            survey.seen.map(\.measure), canvas: canvas, options: options, wheelLine: scene.scenery.wheelLine)
        let walk = SpinWalk(ring, survey, options)
        var shoot = try SpinShoot(options, canvas, plan, scene, context)
        for (index, seen) in survey.seen.enumerated() {
            try context.checkpoint(
                0.35 + 0.55 * Double(index) / Double(survey.seen.count),
                "placing photo \(index + 1) of \(survey.seen.count)")
            try shoot.take(seen, plan.frames[index], index, view: walk.view(at: seen.azimuth))
        }
        try context.checkpoint(0.92, "assembling the viewer")
        return try shoot.finish(survey, walk)
    }
}

/// The first pass: what is on each photo. No picture outlives its turn.
struct SpinSurvey {
    struct Seen {
        let input: StageInput
        let azimuth: Double
        let measure: SpinMeasure
    }

    private(set) var seen: [Seen] = []
    private(set) var skipped: [SpinOutput.Skipped] = []

    init(
        _ ring: SpinRing, _ photos: [StageInput], _ options: SpinOptions, _ context: StageContext
    ) throws(Failure) {
        for (index, seat) in ring.seats.enumerated() {
            let input = photos[seat.input]
            try context.checkpoint(
                0.35 * Double(index) / Double(ring.seats.count), "measuring photo \(index + 1) of \(ring.seats.count)")
            do {
                let measure = try Self.measure(input, options, ring.seats.count, context)
                seen.append(Seen(input: input, azimuth: seat.azimuth, measure: measure))
            } catch {
                guard error.code == .noUsableViews else { throw error }
                skipped.append(SpinOutput.Skipped(slot: input.slot, reason: "There is no car on the photo."))
            }
        }
        guard !seen.isEmpty else {
            throw Failure(
                .noUsableViews, "None of the \(ring.seats.count) photos shows a car.",
                hint: "Take photos with the whole car in the picture.")
        }
    }

    private static func measure(
        _ input: StageInput, _ options: SpinOptions, _ count: Int, _ context: StageContext
    ) throws(Failure) -> SpinMeasure {
        let header = try ImageFile.probe(input, in: context)
        let cutout = try SpinShoot.decode(input, options, context)
        do {
            var geometry = try ObjectGeometry(alpha: cutout, cancel: context.cancel)
            // Photos 30 degrees apart or more: on a denser ring single levelled frames would stand out.
            if count <= 12 { geometry = try geometry.levelled(cutout, cancel: context.cancel) }
            return SpinMeasure(
                geometry: geometry, tone: try ToneMeasure(cutout, cancel: context.cancel),
                shrink: Double(header.width) / Double(cutout.width))
        } catch { throw error.about(slot: input.slot) }
    }
}
