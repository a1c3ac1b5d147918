internal import CVShim
internal import Imaging
public import Pipeline

/// A camera and the silhouette that it saw, of the same size.
public struct ShapeView: Sendable {
    public let camera: Camera
    public let silhouette: Silhouette

    public init(camera: Camera, silhouette: Silhouette) { (self.camera, self.silhouette) = (camera, silhouette) }
}

/// What is known of an object beforehand.
public struct ShapeOptions: Sendable, Equatable {
    /// The object is its own mirror image in x = 0: every view counts mirrored as well.
    public var isSymmetric = true
    /// The object stands on y = 0, y pointing up.
    public var isGrounded = true
    /// The object is a car along z: below its sills there are wheels only. Counts for grounded objects alone.
    public var isCar = true
    /// Cubes along the longest side of the grid, 16...512; a car's are then some 3 cm.
    public var cells = 160
    /// Rounds of smoothing, 0...32; without any the hull stays as the views cut it.
    public var smoothing = 12
    /// Where a car's wheels are known to be, 4 at most: their faces are set there. Four of a car bring their tyres.
    public var wheels: [Wheel] = []

    public init() {}
}

/// The solid that casts a set of silhouettes.
public struct Shape: Sendable {
    /// Closed and two-manifold.
    public let mesh: Mesh
    /// Whether sills and wheels of a car were found, so that its floor is flat.
    public let isCar: Bool
    /// How far the mesh's outlines lie beside the silhouettes, root mean square in the cameras' unit; 0 unsmoothed.
    public let outlineError: Double

    /// Carves the visual hull (Laurentini 1994) out of a grid and smooths it as a thin plate that goes on touching the
    /// silhouettes, which is nearer to the object than the hull's flat sides and sharp edges.
    ///
    /// The same views give the same bits. `no_usable_views` when fewer than two silhouettes show anything, or when they
    /// have no point in common; the view that is to blame is named where one is.
    public init(
        from views: [ShapeView], options: ShapeOptions = ShapeOptions(), cancel: CancelFlag? = nil
    ) throws(Failure) {
        for (index, view) in views.enumerated() {
            let optics = view.camera.intrinsics
            guard optics.width == view.silhouette.width, optics.height == view.silhouette.height else {
                throw Failure(
                    .invalidInputs, "View \(index + 1) has a camera for another size of picture than its silhouette.")
            }
        }
        let showing = views.filter { $0.silhouette.area > 0 }
        guard showing.count >= 2 else {
            throw Failure(
                .noUsableViews, "\(showing.count) of \(views.count) silhouettes show an object; a shape needs 2.",
                hint: "Look at the cut-outs: the car must be whole and alone in its photo.")
        }
        let carved = try Self.carve(showing, options, cancel)
        guard carved.mesh.triangleCount > 0 else { throw Self.contradiction(in: views, options, cancel) }
        (mesh, isCar, outlineError) = carved
    }

    private static func carve(
        _ views: [ShapeView], _ options: ShapeOptions, _ cancel: CancelFlag?
    ) throws(Failure) -> (mesh: Mesh, isCar: Bool, outlineError: Double) {
        let shimViews = views.map { CVSHullView(camera: CVSCamera($0.camera), silhouette: $0.silhouette.handle) }
        var shimOptions = CVSHullOptions()
        (shimOptions.cells, shimOptions.symmetric) = (Int32(clamping: options.cells), options.isSymmetric)
        (shimOptions.grounded, shimOptions.car) = (options.isGrounded, options.isCar)
        (shimOptions.rounds, shimOptions.steps) = (Int32(clamping: options.smoothing), 300)
        shimOptions.add(options.wheels)
        var report = CVSHullReport()
        let handle = try withExtendedLifetime(views) { () throws(Failure) in
            try withCancelAddress(cancel) { cancel throws(Failure) in
                try callShim { out, error in
                    shimViews.withUnsafeBufferPointer { views in
                        guard let base = views.baseAddress else { return .badArgument }
                        return cvs_hull_create(base, views.count, shimOptions, cancel, &report, out, error)
                    }
                }
            }
        }
        return (Mesh(owning: handle), report.car_found, report.outline_error)
    }

    /// Why there is no hull: the one view without which there would be one, or all of them.
    private static func contradiction(
        in views: [ShapeView], _ options: ShapeOptions, _ cancel: CancelFlag?
    ) -> Failure {
        var quick = options
        (quick.cells, quick.smoothing) = (24, 0)
        let culprits = views.indices.filter { index in
            let others = views.indices.filter { $0 != index && views[$0].silhouette.area > 0 }.map { views[$0] }
            guard others.count >= 2 else { return false }
            return (try? carve(others, quick, cancel)).map { $0.mesh.triangleCount > 0 } ?? false
        }
        if culprits.count == 1 {
            return Failure(
                .noUsableViews, "View \(culprits[0] + 1) contradicts the others: they see no place in common with it.",
                hint: "Leave that photo out, or check that it shows the same car.")
        }
        return Failure(
            .noUsableViews, "The views contradict each other: there is no place that all of them see as the object.",
            hint: "Check that all photos show the same car, standing still.")
    }
}
