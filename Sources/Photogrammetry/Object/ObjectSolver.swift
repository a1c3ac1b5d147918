internal import Imaging
public import Pipeline

/// Makes one object of photos all round it: outlines to cameras, cameras to a shape, photos to its colours.
public struct ObjectSolver: Sendable {
    public let options: ObjectOptions
    /// Looks for what neighbouring photos share; nil leaves everything to the outlines.
    public let matcher: (any FeatureMatcher)?

    public init(options: ObjectOptions, matcher: (any FeatureMatcher)? = nil) {
        (self.options, self.matcher) = (options, matcher)
    }

    /// An answer costs more than this where there is no ring round one object; see `Ring.cost`.
    private static let contradictory = 1.2
    /// An answer in the given order that costs more, or has a view that fits worse, is tried in others as well.
    private static let doubtful = (cost: 0.45, oddness: 2.5)
    /// No matches are looked for where the outlines alone have no answer.
    private static let mostToJoin = 1.6
    /// Samples of the fields of distances along a photo's longer side.
    private static let fieldSide = 800
    /// Cubes along the shape that the scale is read off, and rounds of smoothing: the hull alone is too wide.
    private static let roughCells = 64, roughSmoothing = 6

    /// - Parameter progress: called with the share of the whole that is done, and what comes next.
    /// - Throws: `no_usable_views`, `views_alike`, `views_contradict`: what is wrong with the photos, and which.
    public func model(
        of views: [ObjectView], cancel: CancelFlag? = nil,
        progress: (Double, String) throws(Failure) -> Void = { _, _ in }
    ) throws(Failure) -> ObjectModel {
        try progress(0, "tracing outlines")
        var silhouettes: [Silhouette] = []
        for view in views {
            silhouettes.append(try Silhouette(alpha: view.alpha, longestSide: Self.fieldSide, cancel: cancel))
        }
        try progress(0.08, "finding where the photos were taken")
        let ring = try ring(of: views, silhouettes, cancel)
        try progress(0.4, "measuring the car")
        var (cameras, scale, wheels) = try measured(ring, views, silhouettes, cancel)
        var shapeViews = zip(cameras, silhouettes).map { ShapeView(camera: $0, silhouette: $1) }
        let agreement = try Agreement(
            heldOutOf: shapeViews, alphas: views.map(\.alpha), isSymmetric: ring.isMirrored, cancel: cancel)
        let verdict = try Verdict(ring, agreement, names: views.map(\.name))
        try progress(0.55, "shaping")
        var wish = ShapeOptions()
        (wish.isSymmetric, wish.wheels) = (ring.isSymmetric, wheels)
        // The usual grid has some 70,000 triangles on a car.
        if options.triangles > 60_000 { wish.cells = 200 }
        let shape = try Shape(from: shapeViews, options: wish, cancel: cancel)
        var mesh = try shape.mesh.simplified(toTriangles: options.triangles, cancel: cancel)
        // Views that stand a little wrong cut tyres short, and the coarse shape's ends were not quite these.
        let vertices = mesh.vertices.map { SIMD3<Double>($0) }
        let ground = vertices.map(\.y).min() ?? 0
        let factor = options.length.map { $0 / ObjectScale.extent(of: vertices).length } ?? 1
        mesh = try mesh.grounded(at: ground, enlargedBy: factor)
        cameras = cameras.map { $0.grounded(at: ground).enlarged(by: factor) }
        wheels = wheels.map { $0.grounded(at: ground).enlarged(by: factor) }
        shapeViews = zip(cameras, silhouettes).map { ShapeView(camera: $0, silhouette: $1) }
        try progress(0.75, "painting")
        let photos = zip(views, shapeViews).map { view, seen in
            TexturePhoto(
                camera: seen.camera, silhouette: seen.silhouette, photo: view.photo, alpha: view.alpha,
                glass: view.glass, wheels: view.wheels)
        }
        var texture = TextureOptions()
        (texture.isSymmetric, texture.wheels) = (ring.isSymmetric, wheels)
        let model = try TexturedModel(mesh: mesh, photos: photos, options: texture, cancel: cancel)
        return ObjectModel(
            cameras: cameras, model: model, mesh: mesh, verdict: verdict, agreement: agreement.views,
            shortfall: ring.shortfall, isSymmetric: ring.isSymmetric, scale: scale, wheels: wheels,
            evidence: ObjectModel.Evidence(ring))
    }

    /// In the order that is given, and in others where that does not hold or is not known.
    private func ring(
        of views: [ObjectView], _ silhouettes: [Silhouette], _ cancel: CancelFlag?
    ) throws(Failure) -> Ring {
        let shots = views.indices.map { index in
            let prior = views[index].prior
            return RingView(
                silhouette: silhouettes[index],
                intrinsics: prior.intrinsics(width: views[index].photo.width, height: views[index].photo.height),
                place: options.places?[index])
        }
        let shared = matcher.map { ObjectMatches(views, silhouettes, by: $0, cancel: cancel) }
        let join = { (ring: Ring) throws(Failure) -> [RingMatch] in
            ring.cost > Self.mostToJoin ? [] : try shared?.matches(of: ring) ?? []
        }
        var best: Ring?
        let sigma = views.map(\.prior.sigma).max() ?? 0.4
        if options.places != nil {
            best = try Ring(
                of: shots, options: RingOptions(places: options.walk, focalSigma: sigma), cancel: cancel, joining: join)
            try refuseAlike(best, count: views.count)
        }
        if best.map({ $0.cost > Self.doubtful.cost || $0.oddness > Self.doubtful.oddness }) ?? true {
            let other = try Ring(
                of: shots, options: RingOptions(isOrdered: false, focalSigma: sigma), cancel: cancel, joining: join)
            if other.cost < best?.cost ?? .infinity { best = other }
        }
        try refuseAlike(best, count: views.count)
        guard let best, best.cost <= Self.contradictory else {
            throw Failure(
                .viewsContradict, "The photos do not show one car from all round: their outlines fit no single shape.",
                hint: "Check that all photos show the same car, whole and standing still.",
                detail: "cost \(best?.cost ?? .infinity)")
        }
        return best
    }

    /// Photos from one place say nothing of a shape.
    private func refuseAlike(_ ring: Ring?, count: Int) throws(Failure) {
        guard let ring, ring.alikePairs * 4 >= count * (count - 1) else { return }
        throw Failure(
            .viewsAlike, "The photos show the car from one and the same side.",
            hint: "Walk round the car and take a photo every 45 degrees.")
    }

    /// The ring's cameras in metres, and the car's wheels.
    private func measured(
        _ ring: Ring, _ views: [ObjectView], _ silhouettes: [Silhouette], _ cancel: CancelFlag?
    ) throws(Failure) -> (cameras: [Camera], scale: ObjectScale, wheels: [Wheel]) {
        var rough = ShapeOptions()
        (rough.isSymmetric, rough.cells, rough.smoothing) = (ring.isMirrored, Self.roughCells, Self.roughSmoothing)
        let seen = zip(ring.cameras, silhouettes).map { ShapeView(camera: $0, silhouette: $1) }
        let mesh = try Shape(from: seen, options: rough, cancel: cancel).mesh
        let masks = zip(ring.cameras, views).compactMap { camera, view in view.wheels.map { (camera, $0) } }
        var known = ObjectScale.Known()
        (known.length, known.wheelbase, known.plateWidth) = (options.length, options.wheelbase, options.plateWidth)
        known.wheels = try WheelSet(on: mesh, from: masks, cancel: cancel)
        known.plate = PlateWidth(zip(ring.cameras, views).map { ($0, $1.plates) })
        let (factor, scale) = ObjectScale.metres(of: mesh, known: known)
        let wheels = known.wheels?.enlarged(by: factor).wheels ?? []
        return (ring.cameras.map { $0.enlarged(by: factor) }, scale, wheels)
    }
}
