internal import Foundation
internal import Imaging
internal import Photogrammetry
internal import Pipeline

/// The scene path: photos that overlap.
struct ReconstructScene {
    /// A scene that was found, and how far it may be trusted.
    struct Found {
        let scene: Scene
        let verdict: Verdict
    }

    let options: ReconstructOptions
    let context: StageContext

    /// - Throws: `views_contradict` where fewer than 3 photos, or fewer than half of them, hang together.
    func find(_ photos: [ReconstructPhotos.Photo]) throws(Failure) -> Found {
        let views = photos.map {
            SceneView(name: $0.name, picture: $0.picture, optics: .expected($0.prior), lens: lens(of: $0))
        }
        let context = context
        let scene = try SceneSolver(matcher: SiftMatcher()).scene(of: views, cancel: context.cancel) { share, step in
            // What stops here is the flag, which the solver looks at itself.
            try? context.checkpoint(0.3 + 0.55 * share, step)
        }
        guard scene.placed >= 3, scene.placed * 2 >= photos.count else { throw refusal(scene, photos) }
        return Found(scene: scene, verdict: verdict(scene))
    }

    /// Photos of one size and focal length share their optics.
    private func lens(of photo: ReconstructPhotos.Photo) -> String {
        "\(photo.picture.width)x\(photo.picture.height)@\(photo.prior.focal.rounded())"
    }

    private func refusal(_ scene: Scene, _ photos: [ReconstructPhotos.Photo]) -> Failure {
        let lost = zip(photos, scene.views).first { $1.camera == nil }
        let example = lost.map { photo, view in " \(photo.name): \(view.reason?.sentence ?? "")" } ?? ""
        return Failure(
            .viewsContradict,
            "Only \(scene.placed) of \(photos.count) photos hang together.\(example)",
            hint: lost?.1.reason?.hint ?? "Take photos that overlap by two thirds.")
    }

    private func verdict(_ scene: Scene) -> Verdict {
        let (placed, count) = (scene.placed, scene.views.count)
        let thin = scene.views.filter { $0.camera != nil && $0.sightings.count < 50 }.count
        let isSharp = scene.reprojectionError <= 1
        let grade: Verdict.Grade =
            placed == count && thin == 0 && isSharp
            ? .a : placed == count && isSharp ? .b : placed * 4 >= 3 * count ? .c : .d
        var sentences = [
            "\(placed) of \(count) photos share \(scene.points.count) points, seen to \((scene.reprojectionError * 100).rounded() / 100) pixels."
        ]
        if thin > 0 { sentences.append("\(thin) of them hang on fewer than 50 points.") }
        for view in scene.views {
            if let reason = view.reason { sentences.append("\(view.name): \(reason.sentence)") }
        }
        return Verdict(grade: grade, reason: sentences.joined(separator: " "))
    }

    /// Cameras and points; no surface.
    func write(_ found: Found, _ photos: [ReconstructPhotos.Photo]) throws(Failure) -> ReconstructOutput {
        try context.checkpoint(0.9, "writing cameras and points")
        let (scene, files) = (found.scene, ReconstructFiles(context: context))
        let cloud = PointCloud(
            points: scene.points.map { SIMD3<Float>($0.position) }, colours: scene.points.map(\.colour))
        try files.emit(cloud.ply(), as: "pointcloud", path: "pointcloud.ply", mediaType: "application/octet-stream")
        let placed = scene.views.compactMap { view in
            view.camera.map {
                (CameraFile.Entry(image: view.name, camera: $0), view.sightings.map { ($0.place, $0.point) })
            }
        }
        try files.emit(
            cameras: placed.map(\.0), sightings: placed.map(\.1),
            points: scene.points.map { ColmapText.Point(position: $0.position, colour: $0.colour, error: $0.error) },
            colmap: options.colmap)
        return ReconstructOutput(
            registered: scene.placed,
            views: zip(photos, scene.views).map { photo, view in
                ReconstructOutput.View(
                    slot: photo.input.slot, registered: view.camera != nil, reason: view.reason?.sentence,
                    agreement: nil)
            }, path: "scene", grade: found.verdict.grade.rawValue, gradeReason: found.verdict.reason,
            reprojectionError: (scene.reprojectionError * 1_000).rounded() / 1_000, agreement: nil, evidence: nil,
            symmetric: false,
            focal: ((placed.first?.0.camera.intrinsics.focal ?? 0) * 10).rounded() / 10, scale: nil, dimensions: [],
            triangles: 0, seen: 0, mirrored: 0, unseen: 0)
    }
}
