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
            try? context.checkpoint(0.3 + 0.3 * share, step)
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

    /// Cameras, points and, where depths agree, a textured surface.
    func write(_ found: Found, _ photos: [ReconstructPhotos.Photo]) throws(Failure) -> ReconstructOutput {
        let (surface, lack) = try surface(of: found.scene, photos)
        try context.checkpoint(0.95, "writing the scene")
        let (scene, files) = (surface?.scene ?? found.scene, ReconstructFiles(context: context))
        let reason = [found.verdict.reason, surface.map(sentence) ?? lack].joined(separator: " ")
        if let surface {
            let facts = GLB.Facts(
                scale: GLB.Scale(source: ObjectScale.ownUnit.source.rawValue, error: ObjectScale.ownUnit.error),
                coverage: surface.model.coverage, note: reason)
            try files.emit(
                surface.model.glb(name: "scene", facts: facts, quality: options.quality, cancel: context.cancel),
                as: "model",
                path: "model.glb", mediaType: "model/gltf-binary")
        }
        let cloud =
            surface?.cloud
            ?? PointCloud(points: scene.points.map { SIMD3<Float>($0.position) }, colours: scene.points.map(\.colour))
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
        return output(scene, surface, Verdict(grade: found.verdict.grade, reason: reason), photos)
    }

    /// The surface, or a sentence that says why there is none.
    private func surface(
        of scene: Scene, _ photos: [ReconstructPhotos.Photo]
    ) throws(Failure) -> (surface: SceneSurface?, lack: String) {
        var wish = DenseOptions()
        wish.triangles = options.triangles
        do {
            let made = try SceneSurface(
                of: scene, photos: photos.map(\.picture), options: wish, cancel: context.cancel
            ) { share, step throws(Failure) in try context.checkpoint(0.6 + 0.35 * share, step) }
            return (made, "")
        } catch  where error.code == .noUsableViews {
            return (nil, error.summary)
        }
    }

    /// What to know of a surface.
    private func sentence(of surface: SceneSurface) -> String {
        let shares = surface.depthShares.compactMap { $0 }
        let share = Int((100 * shares.reduce(0, +) / Double(max(1, shares.count))).rounded())
        let level = surface.isLevel ? "" : " Up is where the first photo has it, for the photos do not agree."
        return "Depths are known for \(share) % of the photos' area.\(level)"
    }

    private func output(
        _ scene: Scene, _ surface: SceneSurface?, _ verdict: Verdict, _ photos: [ReconstructPhotos.Photo]
    ) -> ReconstructOutput {
        func short(_ value: Double, _ digits: Double) -> Double { (value * digits).rounded() / digits }
        let coverage = surface?.model.coverage
        let area = max(1e-9, (coverage?.seen ?? 0) + (coverage?.unseen ?? 0))
        let focal = scene.views.compactMap(\.camera).first?.intrinsics.focal ?? 0
        return ReconstructOutput(
            registered: scene.placed,
            views: zip(photos, scene.views).map { photo, view in
                ReconstructOutput.View(
                    slot: photo.input.slot, registered: view.camera != nil, reason: view.reason?.sentence,
                    agreement: nil)
            }, path: "scene", grade: verdict.grade.rawValue, gradeReason: verdict.reason,
            reprojectionError: short(scene.reprojectionError, 1_000), agreement: nil, evidence: nil,
            symmetric: false, focal: short(focal, 10), scale: surface == nil ? nil : .ownUnit,
            dimensions: (surface?.mesh.dimensions ?? []).map { short($0, 1_000) },
            triangles: surface?.mesh.triangleCount ?? 0, seen: short((coverage?.seen ?? 0) / area, 10_000),
            mirrored: 0, unseen: short((coverage?.unseen ?? 0) / area, 10_000))
    }
}
