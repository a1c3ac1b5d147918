internal import Foundation
internal import Imaging
internal import Pipeline

/// The second pass: one photo after the other is placed, written and forgotten.
struct SpinShoot {
    private let options: SpinOptions
    private let canvas: CanvasSize
    private let context: StageContext
    private let scene: SpinScene
    private let whiteBalance: [Double]
    private var sprite: SpinSprite
    private var frames: [SpinOutput.Frame] = []
    /// Encoded frames for the viewer, some tens of kilobytes each.
    private var viewerFrames: [Data] = []

    init(
        _ options: SpinOptions, _ canvas: CanvasSize, _ plan: SpinPlan, _ scene: SpinScene, _ context: StageContext
    ) throws(Failure) {
        (self.options, self.canvas, self.scene, self.context) = (options, canvas, scene, context)
        whiteBalance = plan.whiteBalance.gains
        sprite = try SpinSprite(count: plan.frames.count, canvas: canvas)
        try folder("frames")
    }

    /// More pixels than twice the canvas can't be seen.
    static func decode(
        _ input: StageInput, _ options: SpinOptions, _ context: StageContext
    ) throws(Failure) -> Bitmap {
        try ImageFile.decode(input, in: context, as: .rgba, maxSide: 2 * max(options.width, options.height))
    }

    mutating func take(_ seen: SpinSurvey.Seen, _ plan: SpinPlan.Frame, _ index: Int, view: ViewName?) throws(Failure) {
        let cutout = try Self.decode(seen.input, options, context)
        let picture = try Studio.compose(
            cutout: cutout, in: scene.scenery, placement: plan.placement, shadow: options.shadow,
            cancel: context.cancel)
        let truth = try truth(of: picture, from: cutout, seen, plan.placement)
        try sprite.add(picture, at: index, cancel: context.cancel)
        let name = "frames/" + String(repeating: "0", count: index < 9 ? 2 : 1) + "\(index + 1)"
        let encoding = Encoding.webp(quality: options.quality).stating(try record(of: seen.input, truth))
        let bytes = try picture.encoded(encoding, cancel: context.cancel)
        viewerFrames.append(try viewerBytes(picture, bytes, encoding))
        try emit(bytes, name, "\(name).webp", "image/webp", canvas)
        frames.append(
            SpinOutput.Frame(
                index: index, azimuth: seen.azimuth, view: view?.rawValue, real: true, quality: plan.quality,
                slot: seen.input.slot, file: "\(name).webp",
                notes: plan.notes + (plan.placement.roll == 0 ? [] : ["levelled"]), toneGain: plan.placement.toneGain,
                truth: truth))
    }

    private func record(of input: StageInput, _ truth: Truth) throws(Failure) -> Provenance {
        let cutout = try Provenance(of: input, in: context)
        let step = Provenance.Step("composite", "background=\(scene.reference) shadow=\(options.shadow)")
        return cutout.adding(
            truth.operations.steps + [step], as: cutout.sourceType.composed(with: scene.sourceType))
    }

    /// A frame whose car is not the cut-out's is shown to a person first.
    private func truth(
        of picture: Bitmap, from cutout: Bitmap, _ seen: SpinSurvey.Seen, _ placement: Placement
    ) throws(Failure) -> Truth {
        let shrink = seen.measure.shrink
        let source = Truth.Source(
            sha256: seen.input.sha256, width: Int((Double(cutout.width) * shrink).rounded()),
            height: Int((Double(cutout.height) * shrink).rounded()))
        var truth = try Truth(
            of: picture, placed: placement, from: cutout, alpha: cutout, source: source, cancel: context.cancel)
        if shrink > 1 {
            let scale = (1 / shrink * 1_000_000).rounded() / 1_000_000
            truth.operations.insert(Truth.Operation("resample", scale: scale), at: 0)
        }
        if let flag = truth.flag(slot: seen.input.slot) { context.review(flag) }
        return truth
    }

    /// Writes sprite, manifest and page.
    func finish(_ survey: SpinSurvey, _ walk: SpinWalk) throws(Failure) -> SpinOutput {
        let cropped = frames.filter { $0.notes.contains { $0.hasPrefix("cropped") } }.count
        let grade = SpinGrade(azimuths: frames.map(\.azimuth), cropped: cropped, skipped: survey.skipped.count)
        let output = SpinOutput(
            frames: frames, canvas: canvas, backdrop: scene.name, whiteBalance: whiteBalance,
            azimuthSource: walk.azimuthSource,
            direction: walk.direction.rawValue, directionSource: walk.directionSource,
            sprite: sprite.layout(file: "sprite.webp"), grade: grade.letter,
            gradeReason: grade.reason, lost: grade.lost, skipped: survey.skipped)
        let record = Provenance(
            sourceType: SourceType.algorithmicallyEnhanced.composed(with: scene.sourceType),
            steps: [Provenance.Step("sprite", "frames=\(frames.count)")])
        let sheet = try sprite.picture.encoded(
            .webp(quality: max(30, options.quality - 12)).stating(record), cancel: context.cancel)
        let page = ViewerPage(
            spin: output, startAzimuth: options.startAzimuth, isDark: scene.isDark, frames: viewerFrames,
            frameSize: viewerSize, sprite: sheet)
        try emit(
            sheet, "sprite", "sprite.webp", "image/webp",
            CanvasSize(width: sprite.picture.width, height: sprite.picture.height))
        try emit(try JSON.encode(output, pretty: true), "manifest", "manifest.json", "application/json", nil)
        try emit(try page.html(), "viewer", "viewer.html", "text/html", nil)
        return output
    }

    private var viewerSize: CanvasSize {
        let width = min(options.viewerWidth, canvas.width)
        return CanvasSize(width: width, height: (canvas.height * width + canvas.width / 2) / canvas.width)
    }

    private func viewerBytes(_ picture: Bitmap, _ bytes: Data, _ encoding: Encoding) throws(Failure) -> Data {
        let size = viewerSize
        if size == canvas { return bytes }
        return try picture.resized(width: size.width, height: size.height, cancel: context.cancel)
            .encoded(encoding, cancel: context.cancel)
    }

    private func emit(
        _ bytes: Data, _ name: String, _ path: String, _ mediaType: String, _ size: CanvasSize?
    ) throws(Failure) {
        let file = context.scratch.appending(path: path)
        do { try bytes.write(to: file, options: .atomic) } catch {
            throw Failure(
                .storageUnavailable, "A file can't be written.", hint: "Check free space and rights.",
                detail: "\(path): \(error)")
        }
        try context.emit(
            EmittedFile(
                name: name, path: path, file: file, mediaType: mediaType, width: size?.width, height: size?.height))
    }

    private func folder(_ name: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                at: context.scratch.appending(path: name), withIntermediateDirectories: true)
        } catch {
            throw Failure(.storageUnavailable, "A folder can't be made.", detail: "\(name): \(error)")
        }
    }
}
