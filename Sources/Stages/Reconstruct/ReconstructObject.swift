internal import Foundation
internal import Imaging
internal import Photogrammetry
internal import Pipeline

/// The object path: one car from all round.
struct ReconstructObject {
    let options: ReconstructOptions
    let context: StageContext
    let networks: MatteNetworks

    /// An object that was found, and what it was found in.
    struct Found {
        let model: ObjectModel
        let views: [ObjectView]
        /// Indices of the photos that are the views.
        let used: [Int]
    }

    func find(_ photos: [ReconstructPhotos.Photo]) throws(Failure) -> Found {
        var (views, used): ([ObjectView], [Int]) = ([], [])
        for (index, photo) in photos.enumerated() {
            guard let alpha = photo.alpha else { continue }
            var view = ObjectView(
                name: photo.name, photo: photo.picture, alpha: alpha, prior: photo.prior, glass: photo.glass,
                wheels: photo.wheels)
            view.plates = [photo.plate].compactMap(\.self)
            views.append(view)
            used.append(index)
        }
        guard views.count >= 4 else {
            throw Failure(
                .noUsableViews, "\(views.count) of \(photos.count) photos show a car; a model needs 4.",
                hint: "Take photos with the whole car in the picture, from all sides.")
        }
        let solver = ObjectSolver(options: try objectOptions(photos, used), matcher: try matcher())
        let model = try solver.model(of: views, cancel: context.cancel) { share, step throws(Failure) in
            try context.checkpoint(0.3 + 0.55 * share, step)
        }
        return Found(model: model, views: views, used: used)
    }

    /// In 32 bits whatever the options say: half as many would not hold a keypoint's number.
    private func matcher() throws(Failure) -> XFeatMatcher {
        let threads = context.budget.threads
        return XFeatMatcher(
            points: try networks.session(MatteNetworks.points, .f32, threads: threads),
            pairs: try networks.session(MatteNetworks.pairs, .f32, threads: threads))
    }

    func write(_ found: Found, _ photos: [ReconstructPhotos.Photo]) throws(Failure) -> ReconstructOutput {
        try context.checkpoint(0.9, "writing the model")
        try write(found.model, found.views)
        return output(found.model, photos, found.used)
    }

    private func objectOptions(_ photos: [ReconstructPhotos.Photo], _ used: [Int]) throws(Failure) -> ObjectOptions {
        let walk = try RingPlaces(
            slots: photos.map(\.input.slot), used: used, order: options.order, steps: options.steps)
        var wish = ObjectOptions(places: walk.places, walk: walk.count)
        wish.length = options.length > 0 ? options.length : nil
        wish.wheelbase = options.wheelbase > 0 ? options.wheelbase : nil
        wish.triangles = options.triangles
        return wish
    }

    private func write(_ made: ObjectModel, _ views: [ObjectView]) throws(Failure) {
        let files = ReconstructFiles(context: context)
        let facts = GLB.Facts(
            scale: GLB.Scale(source: made.scale.source.rawValue, error: made.scale.error),
            coverage: made.model.coverage, note: made.verdict.reason)
        try files.emit(
            made.model.glb(name: "car", facts: facts, quality: options.quality, cancel: context.cancel), as: "model",
            path: "model.glb", mediaType: "model/gltf-binary")
        let cloud = try made.model.pointCloud()
        try files.emit(cloud.ply(), as: "pointcloud", path: "pointcloud.ply", mediaType: "application/octet-stream")
        let points = zip(cloud.points, cloud.colours).map {
            ColmapText.Point(position: SIMD3<Double>($0), colour: $1, error: 0)
        }
        let cameras = zip(views, made.cameras).map { CameraFile.Entry(image: $0.name, camera: $1) }
        try files.emit(cameras: cameras, sightings: [], points: points, colmap: options.colmap)
        guard options.sheet else { return }
        try context.checkpoint(0.95, "drawing the sheet")
        var sheet = try OutlineSheet(count: views.count, like: views[0].photo)
        for (index, view) in views.enumerated() {
            try sheet.add(
                view.photo, alpha: view.alpha, camera: made.cameras[index], mesh: made.mesh, at: index,
                cancel: context.cancel)
        }
        let bytes = try sheet.picture.encoded(.jpeg(quality: 85), cancel: context.cancel)
        try files.emit(bytes, as: "silhouettes", path: "silhouettes.jpg", mediaType: "image/jpeg")
    }

    private func output(
        _ made: ObjectModel, _ photos: [ReconstructPhotos.Photo], _ used: [Int]
    ) -> ReconstructOutput {
        func short(_ value: Double, _ digits: Double = 10_000) -> Double { (value * digits).rounded() / digits }
        let views = photos.enumerated().map { index, photo in
            let place = used.firstIndex(of: index)
            return ReconstructOutput.View(
                slot: photo.input.slot, registered: place != nil,
                reason: place == nil ? "There is no car on the photo." : nil,
                agreement: place.map { short(made.agreement[$0]) })
        }
        let coverage = made.model.coverage
        let area = max(1e-9, coverage.seen + coverage.mirrored + coverage.unseen)
        return ReconstructOutput(
            registered: used.count, views: views, path: "object", grade: made.verdict.grade.rawValue,
            gradeReason: made.verdict.reason, reprojectionError: short(made.shortfall, 1_000),
            agreement: short(made.agreement.reduce(0, +) / Double(made.agreement.count)),
            evidence: made.evidence, symmetric: made.isSymmetric,
            focal: short(made.cameras[0].intrinsics.focal, 10), scale: made.scale,
            dimensions: made.mesh.dimensions.map { short($0, 1_000) },
            triangles: made.mesh.triangleCount, seen: short(coverage.seen / area),
            mirrored: short(coverage.mirrored / area), unseen: short(coverage.unseen / area))
    }
}
