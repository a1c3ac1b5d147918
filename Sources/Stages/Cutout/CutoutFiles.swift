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
    func write(mask: Bitmap, cutout: Bitmap?, geometry: ObjectGeometry?) throws(Failure) {
        var parts = [
            Part(name: "mask", picture: mask, encoding: .png(compression: 3), mediaType: "image/png", end: "png")
        ]
        if let cutout { parts += try pictures(cutout, geometry) }
        try encode(parts)
        for part in parts {
            try context.emit(
                EmittedFile(
                    name: part.name, path: part.fileName, file: context.scratch.appending(path: part.fileName),
                    mediaType: part.mediaType, width: part.picture.width, height: part.picture.height))
        }
        try context.checkpoint(1, "writing")
    }

    private func pictures(_ cutout: Bitmap, _ geometry: ObjectGeometry?) throws(Failure) -> [Part] {
        let file =
            options.format == .png
            ? Part(name: "cutout", picture: cutout, encoding: .png(compression: 1), mediaType: "image/png", end: "png")
            : Part(
                name: "cutout", picture: cutout, encoding: .webp(lossless: true, effort: 2), mediaType: "image/webp",
                end: "webp")
        guard let geometry, !options.background.isEmpty else { return [file] }
        try context.checkpoint(0.8, "composing the studio picture")
        let composite = Part(
            name: "composite", picture: try composite(cutout, geometry),
            encoding: .jpeg(quality: options.quality, chroma: .full, sRGBProfile: true), mediaType: "image/jpeg",
            end: "jpg")
        return [file, composite]
    }

    private struct Part {
        let name: String
        let picture: Bitmap
        let encoding: Encoding
        let mediaType: String
        let end: String
        var fileName: String { "\(name).\(end)" }
    }

    private func composite(_ cutout: Bitmap, _ geometry: ObjectGeometry) throws(Failure) -> Bitmap {
        let canvas = CanvasSize(width: options.width, height: options.height)
        let levelled = try geometry.levelled(cutout, cancel: context.cancel)
        return try Studio.compose(
            cutout: cutout, backdrop: try Backdrop.named(options.background), canvas: canvas,
            placement: .fitting(levelled, canvas: canvas), shadow: options.shadow, cancel: context.cancel)
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
