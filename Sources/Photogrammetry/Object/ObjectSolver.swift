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
        let ring = try RingSearch(views, silhouettes, options, matcher, cancel).ring()
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
