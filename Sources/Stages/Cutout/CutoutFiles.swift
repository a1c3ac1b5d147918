internal import Foundation
internal import Imaging
internal import Pipeline
internal import Synchronization

/// Writes and hands over what a cut-out consists of.
struct CutoutFiles {
    let options: CutoutOptions
    let context: StageContext

    /// - Parameters:
    ///   - cutout: nil writes the mask alone: what a person must look at first is not passed on.
    ///   - geometry: nil makes no composite.
    /// - Returns: how the composite was made; nil without one.
    func write(
        mask: Bitmap, cutout: Bitmap?, geometry: ObjectGeometry?
    ) throws(Failure) -> CompositeRecord? {
        var parts = [
            Part(name: "mask", picture: mask, encoding: .png(compression: 3), mediaType: "image/png", end: "png")
        ]
        var record: CompositeRecord?
        if let cutout {
            parts.append(part(cutout))
            let composite = CutoutComposite(options: options, context: context)
            if let geometry, composite.isWanted {
                try context.checkpoint(0.8, "composing the studio picture")
                let made = try composite.make(cutout, geometry)
                record = made.1
                parts.append(
                    Part(
                        name: "composite", picture: made.0,
                        encoding: .jpeg(quality: options.quality, chroma: .full, sRGBProfile: true),
                        mediaType: "image/jpeg", end: "jpg"))
            }
        }
        try encode(parts)
        for part in parts {
            try context.emit(
                EmittedFile(
                    name: part.name, path: part.fileName, file: context.scratch.appending(path: part.fileName),
                    mediaType: part.mediaType, width: part.picture.width, height: part.picture.height))
        }
        try context.checkpoint(1, "writing")
        return record
    }

    private func part(_ cutout: Bitmap) -> Part {
        options.format == .png
            ? Part(name: "cutout", picture: cutout, encoding: .png(compression: 1), mediaType: "image/png", end: "png")
            : Part(
                name: "cutout", picture: cutout, encoding: .webp(lossless: true, effort: 2), mediaType: "image/webp",
                end: "webp")
    }

    private struct Part {
        let name: String
        let picture: Bitmap
        let encoding: Encoding
        let mediaType: String
        let end: String
        var fileName: String { "\(name).\(end)" }
    }

    /// Each file on a thread of its own: encoding is all that is left to do.
    private func encode(_ parts: [Part]) throws(Failure) {
        let failure = Mutex<Failure?>(nil)
        DispatchQueue.concurrentPerform(iterations: parts.count) { index in
            let part = parts[index]
            do throws(Failure) {
                try part.picture.write(
                    part.encoding, to: context.scratch.appending(path: part.fileName), cancel: context.cancel)
            } catch { failure.withLock { $0 = $0 ?? error } }
        }
        if let failed = failure.withLock({ $0 }) { throw failed }
    }
}
