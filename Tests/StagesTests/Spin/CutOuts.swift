import Foundation
import Imaging
import TestKit

/// RGBA cut-outs made from our own photos and their true masks, once a test run.
enum CutOuts {
    /// The 8 views of the fixture car, 800 pixels wide.
    static let car: [URL] = make("car", Fixtures.carPhotos, Fixtures.carMasks)

    private static func make(_ name: String, _ photos: [URL], _ masks: [URL]) -> [URL] {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "rundum-cutouts-\(ProcessInfo.processInfo.processIdentifier)-\(name)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return zip(photos, masks).enumerated().compactMap { index, pair in
            let file = folder.appending(path: "\(index + 1).png")
            guard let photo = try? ImageFile.decode(pair.0, as: .rgb, maxSide: 800),
                let mask = try? ImageFile.decode(pair.1, as: .grey, maxSide: 800),
                let cutout = try? photo.withAlpha(mask), (try? cutout.write(.png(compression: 1), to: file)) != nil
            else { return nil }
            return file
        }
    }
}
