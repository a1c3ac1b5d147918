internal import Foundation
internal import Photogrammetry
internal import Pipeline

/// Hands over the files of a reconstruction.
struct ReconstructFiles {
    let context: StageContext

    func emit(_ bytes: Data, as name: String, path: String, mediaType: String) throws(Failure) {
        let file = context.scratch.appending(path: path.replacing("/", with: "-"))
        do { try bytes.write(to: file, options: .atomic) } catch {
            throw Failure(
                .storageUnavailable, "A file can't be written.", hint: "Check free space and rights.",
                detail: "\(path): \(error)")
        }
        try context.emit(EmittedFile(name: name, path: path, file: file, mediaType: mediaType))
    }

    /// cameras.json and, where wished, the same as COLMAP's text files.
    func emit(
        cameras: [CameraFile.Entry], sightings: [[(place: SIMD2<Double>, point: Int)]], points: [ColmapText.Point],
        colmap: Bool
    ) throws(Failure) {
        try emit(
            CameraFile(cameras).json(), as: "cameras", path: "cameras.json", mediaType: "application/json")
        guard colmap else { return }
        let pictures = cameras.enumerated().map { index, entry in
            ColmapText.Picture(
                name: entry.image, camera: entry.camera,
                sightings: sightings.indices.contains(index) ? sightings[index] : [])
        }
        for file in ColmapText(pictures, points: points).files {
            try emit(
                Data(file.text.utf8), as: "colmap/\(file.name)", path: "colmap/\(file.name)", mediaType: "text/plain")
        }
    }
}
