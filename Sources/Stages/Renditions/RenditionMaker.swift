internal import Foundation
internal import Imaging
internal import Pipeline

/// Makes one profile's file from a decoded picture.
struct RenditionMaker {
    let profile: RenditionProfile
    /// Nil keeps transparency.
    let background: Colour?
    /// What the picture's file says of its making.
    let source: Provenance
    let cancel: CancelFlag

    func make(from picture: Bitmap, subject: PixelBox?) throws(Failure) -> (
        data: Data, facts: RenditionsStage.Rendition
    ) {
        let framing = RenditionFraming(
            width: picture.width, height: picture.height, into: (profile.width, profile.height), fit: profile.fit,
            subject: subject)
        let framed = try frame(picture, framing)
        let step = Provenance.Step(
            "resize", "width=\(framed.width) height=\(framed.height) fit=\(framing.fit.rawValue)")
        let (data, quality) = try encode(framed, source.adding([step]))
        let written = try ImageFile.decode(data, cancel: cancel)
        let similarity = try framed.similarity(to: written)
        return (
            data,
            RenditionsStage.Rendition(
                name: profile.name, width: framed.width, height: framed.height, format: profile.format.rawValue,
                bytes: data.count, quality: quality, ssim: (similarity * 10_000).rounded() / 10_000,
                fit: framing.fit.rawValue, upscaled: framing.upscaled)
        )
    }

    private func frame(_ picture: Bitmap, _ framing: RenditionFraming) throws(Failure) -> Bitmap {
        let (window, place) = (framing.window, framing.place)
        var framed = picture
        if window.width < picture.width || window.height < picture.height {
            framed = try framed.cropped(x: window.x, y: window.y, width: window.width, height: window.height)
        }
        framed = try framed.resized(width: place.width, height: place.height, cancel: cancel)
        let fills = place.width == profile.width && place.height == profile.height
        if let background {
            framed = try framed.flattened(over: background)
            if !fills { framed = try framed.converted(channels: 3) }
        } else if !fills {
            framed = try framed.converted(channels: 4)
        }
        guard !fills else { return framed }
        return try framed.padded(
            x: place.x, y: place.y, width: profile.width, height: profile.height, colour: background ?? .clear)
    }

    /// At the profile's quality, or at the highest one below it that stays within the limit.
    private func encode(_ picture: Bitmap, _ record: Provenance) throws(Failure) -> (Data, Int?) {
        let wished = encoding(quality: profile.quality).stating(record)
        let first = try picture.encoded(wished, cancel: cancel)
        guard let limit = profile.maxBytes, first.count > limit else { return (first, wished.quality) }

        var best: (Data, Int?)?
        var (low, high) = (Self.lowestQuality, (wished.quality ?? Self.lowestQuality) - 1)
        while low <= high {
            let middle = (low + high) / 2
            let data = try picture.encoded(encoding(quality: middle).stating(record), cancel: cancel)
            if data.count <= limit {
                best = (data, middle)
                low = middle + 1
            } else {
                high = middle - 1
            }
        }
        guard let best else {
            throw Failure(
                .invalidOptions, "The rendition \(profile.name) does not fit into \(limit) bytes.",
                hint: "Allow more bytes, or choose webp or jpeg.", detail: "\(first.count) bytes at first")
        }
        return best
    }

    /// Below it pictures are no longer fit to be shown.
    private static let lowestQuality = 20

    private func encoding(quality: Int?) -> Encoding {
        switch profile.format {
        case .png: .png()
        case .webp: .webp(quality: quality ?? 82)
        case .avif: .avif(quality: quality ?? 60)
        case .jpeg, .heif, .tiff: .jpeg(quality: quality ?? 85)
        }
    }
}

/// Files of an attempt's own folder.
enum ScratchFile {
    static func write(_ data: Data, to file: URL) throws(Failure) {
        do { try data.write(to: file, options: .atomic) } catch {
            throw Failure(
                .storageUnavailable, "A file can't be written.", hint: "Check free space and rights.",
                detail: "\(error)")
        }
    }
}
