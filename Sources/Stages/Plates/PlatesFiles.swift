internal import Foundation
internal import Imaging
internal import Pipeline

/// Writes and hands over what `plates` makes: the picture to go on with, or the one that a person decides by.
struct PlatesFiles {
    let options: PlatesOptions
    let context: StageContext

    /// The photo with its plates covered.
    func write(image: Bitmap, _ plan: PlatesPlan, of input: StageInput) throws(Failure) {
        try emit(image, "image", encoding.stating(try record(plan, of: input)), mediaType, fileExtension)
    }

    /// For the reviewer's eyes: it shows what may be a plate, and is never published.
    func write(review picture: Bitmap) throws(Failure) {
        try emit(picture, "review", .jpeg(quality: 88), "image/jpeg", "jpg")
    }

    private func record(_ plan: PlatesPlan, of input: StageInput) throws(Failure) -> Provenance {
        let photo = try Provenance(of: input, in: context)
        let film = try ImageFile.probe(input, in: context).camera.focalLength35 ?? photo.focalLength35
        let step = PlateRecord(treatment: options.treatment, quads: plan.covers.map(\.quad)).step(focal35: film)
        return photo.adding([step], as: plan.covers.isEmpty ? nil : photo.sourceType.altered)
    }

    private func emit(
        _ picture: Bitmap, _ name: String, _ encoding: Encoding, _ mediaType: String, _ end: String
    ) throws(Failure) {
        let file = context.scratch.appending(path: "\(name).\(end)")
        try picture.write(encoding, to: file, cancel: context.cancel)
        try context.checkpoint(1, "writing")
        try context.emit(
            EmittedFile(
                name: name, path: file.lastPathComponent, file: file, mediaType: mediaType, width: picture.width,
                height: picture.height))
    }

    private var encoding: Encoding {
        switch options.format {
        case .jpeg: .jpeg(quality: options.quality, progressive: false, chroma: .full, sRGBProfile: true)
        case .png: .png(compression: 3)
        case .webp: .webp(lossless: true, effort: 2)
        }
    }

    private var mediaType: String { "image/\(options.format.rawValue)" }
    private var fileExtension: String { options.format == .jpeg ? "jpg" : options.format.rawValue }
}
