import Foundation
import Imaging
import Photogrammetry
import Pipeline
import Testing

/// Solves the rings of a folder for `Evaluation/rings`: every sub-folder with `cameras.json` and `masks`.
@Suite("Ring sets")
struct RingSetTests {
    static let folder = ProcessInfo.processInfo.environment["RUNDUM_RINGS"].map { URL(filePath: $0) }

    @Test(.enabled(if: folder != nil)) func `solves every ring of the folder from its masks`() throws {
        let folder = try #require(Self.folder)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let ring = folder.appending(path: name)
            guard let json = try? Data(contentsOf: ring.appending(path: "cameras.json")) else { continue }
            let entries = try CameraFile(json: json).entries
            let views = try entries.map { entry in
                let picture = URL(filePath: entry.image).deletingPathExtension().lastPathComponent
                let mask = try ImageFile.decode(ring.appending(path: "masks/\(picture).png"), as: .grey)
                return RingView(silhouette: try Silhouette(alpha: mask), intrinsics: entry.camera.intrinsics)
            }
            let found = try Ring(of: views)
            let file = CameraFile(zip(entries, found.cameras).map { CameraFile.Entry(image: $0.image, camera: $1) })
            try file.json().write(to: ring.appending(path: "found.json"))
            #expect(found.cost < 0.5, "\(name)")
        }
    }
}
