import Foundation
import Imaging
import TestKit
import Testing

/// RGBA cut-outs made from our own photos and their true masks, once a test run.
enum CutOuts {
    /// The 8 views of the fixture car, 800 pixels wide.
    static let car: [URL] = {
        do { return try make() } catch {
            Issue.record("no cut-outs of the fixture car: \(error)")
            return []
        }
    }()

    private static func make() throws -> [URL] {
        let folder = try TemporaryFolder.make("cutouts")
        return try zip(Fixtures.carPhotos, Fixtures.carMasks).enumerated().map { index, pair in
            let file = folder.appending(path: "\(index + 1).png")
            let photo = try ImageFile.decode(pair.0, as: .rgb).resized(width: 800, height: 534, filter: .area)
            let mask = try ImageFile.decode(pair.1, as: .grey).resized(width: 800, height: 534, filter: .area)
            try photo.withAlpha(mask).write(.png(compression: 1), to: file)
            return file
        }
    }
}
