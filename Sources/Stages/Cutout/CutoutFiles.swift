internal import Foundation
internal import Imaging
internal import Pipeline
internal import Synchronization

/// Writes and hands over what a cut-out consists of.
struct CutoutFiles {
    let options: CutoutOptions
    let context: StageContext
    /// The photo that the cut-out is of.
    let photo: Bitmap
    let record: CutoutRecord

    /// - Parameters:
    ///   - cutout: nil writes the mask alone: what a person must look at first is not passed on.
    ///   - geometry: nil makes no composite.
    /// - Returns: how the composite was made, nil without one; and what was proven of it, else of the cut-out, nil when
    ///   there is neither.
    func write(
        mask: Bitmap, cutout: Bitmap?, geometry: ObjectGeometry?
    ) throws(Failure) -> (composite: CompositeRecord?, truth: Truth?) {
        var parts = [
            Part(name: "mask", picture: mask, encoding: .png(compression: 3), mediaType: "image/png", end: "png")
        ]
        var (proof, composite): (CutoutProof?, CutoutComposite.Made?)
        if let cutout {
            composite = try make(cutout, geometry)
            parts += files(cutout, composite)
            proof = CutoutProof(photo: photo, cutout: cutout, composite: composite)
        }
        let truth = try encode(parts, proof)
        for part in parts {
            try context.emit(
                EmittedFile(
                    name: part.name, path: part.fileName, file: context.scratch.appending(path: part.fileName),
                    mediaType: part.mediaType, width: part.picture.width, height: part.picture.height))
        }
        if options.contour { try emitContour(of: mask) }
        try context.checkpoint(1, "writing")
        return (composite?.record, truth)
    }

    /// The object's border as lines between pixels, for those who measure it.
    private func emitContour(of mask: Bitmap) throws(Failure) {
        let file = context.scratch.appending(path: "contour.json")
        let bytes = try JSON.encode(Contour(of: mask, cancel: context.cancel))
        do { try bytes.write(to: file, options: .atomic) } catch {
            throw Failure(
                .storageUnavailable, "A file can't be written.", hint: "Check free space and rights.",
                detail: "contour.json: \(error)")
        }
        try context.emit(
            EmittedFile(name: "contour", path: "contour.json", file: file, mediaType: "application/json"))
    }

    private func make(
        _ cutout: Bitmap, _ geometry: ObjectGeometry?
    ) throws(Failure) -> CutoutComposite.Made? {
        let composite = CutoutComposite(options: options, context: context)
        guard let geometry, composite.isWanted else { return nil }
        try context.checkpoint(0.8, "composing the studio picture")
        return try composite.make(cutout, geometry)
    }

    private func files(_ cutout: Bitmap, _ composite: CutoutComposite.Made?) -> [Part] {
        let isPNG = options.format == .png
        let encoding = isPNG ? Encoding.png(compression: 1) : .webp(lossless: true, effort: 2)
        let file = Part(
            name: "cutout", picture: cutout, encoding: encoding.stating(record.cutout),
            mediaType: isPNG ? "image/png" : "image/webp", end: isPNG ? "png" : "webp")
        guard let composite else { return [file] }
        let jpeg = Encoding.jpeg(quality: options.quality, chroma: .full, sRGBProfile: true)
        return [
            file,
            Part(
                name: "composite", picture: composite.picture,
                encoding: jpeg.stating(record.composite(composite)), mediaType: "image/jpeg", end: "jpg"),
        ]
    }

    private struct Part {
        let name: String
        let picture: Bitmap
        let encoding: Encoding
        let mediaType: String
        let end: String
        var fileName: String { "\(name).\(end)" }
    }

    /// Each file on a thread of its own, and the proof on another: they are all that is left to do.
    private func encode(_ parts: [Part], _ proof: CutoutProof?) throws(Failure) -> Truth? {
        let failure = Mutex<Failure?>(nil)
        let truth = Mutex<Truth?>(nil)
        DispatchQueue.concurrentPerform(iterations: parts.count + 1) { index in
            do throws(Failure) {
                if index == parts.count {
                    let proven = try proof?.truth(in: context)
                    truth.withLock { $0 = proven }
                } else {
                    let part = parts[index]
                    try part.picture.write(
                        part.encoding, to: context.scratch.appending(path: part.fileName), cancel: context.cancel)
                }
            } catch { failure.withLock { $0 = $0 ?? error } }
        }
        if let failed = failure.withLock({ $0 }) { throw failed }
        return truth.withLock { $0 }
    }
}
