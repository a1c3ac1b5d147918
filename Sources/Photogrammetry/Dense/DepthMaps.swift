internal import CVShim
internal import Imaging
public import Pipeline

/// The depths of photos whose cameras are known, and the places that several of them agree on.
///
/// PatchMatch stereo with slanted planes (Bleyer, Rhemann, Rother 2011), coarse to fine, with a say of the other views'
/// depths (Schönberger, Zheng, Pollefeys, Frahm 2016). One thread; the same photos give the same bits.
// @unchecked: the handle is only read after `init`, what is behind it never changes, and `deinit` frees it once.
public final class DepthMaps: @unchecked Sendable {
    private let handle: OpaquePointer
    /// How many views there are; one that shares too little with any other has no depths.
    public let count: Int

    deinit { cvs_dense_destroy(handle) }

    /// - Parameters:
    ///   - points: that are known beforehand: they say which views to compare, and how deep to look.
    ///   - progress: called with the share that is done.
    /// - Throws: `no_usable_views` without any view, `invalid_inputs` for a photo that differs from its camera in size,
    ///   and cameras and points that are not finite.
    public init(
        of views: [DenseView], points: [SIMD3<Double>], options: DenseOptions = DenseOptions(),
        cancel: CancelFlag? = nil, progress: (Double) throws(Failure) -> Void = { _ in }
    ) throws(Failure) {
        try Self.check(views, points)
        handle = try Self.prepared(views, points, options, cancel)
        count = views.count
        let rounds = cvs_dense_rounds(handle)
        for round in 0..<rounds {
            for view in 0..<count {
                // The last rounds look at all pixels and take most of the time.
                let share = Double(round * count + view) / Double(rounds * count)
                try progress(share * share)
                try withCancelAddress(cancel) { cancel throws(Failure) in
                    try checkShim { error in cvs_dense_match(handle, round, view, cancel, error) }
                }
            }
        }
        let least = min(options.agreeing, views.count)
        guard least > 1 else { return }
        try withCancelAddress(cancel) { cancel throws(Failure) in
            try checkShim { error in cvs_dense_fuse(handle, Int32(clamping: least), cancel, error) }
        }
    }

    private static func check(_ views: [DenseView], _ points: [SIMD3<Double>]) throws(Failure) {
        guard !views.isEmpty else { throw Failure(.noUsableViews, "There is no photo to find depths in.") }
        for (index, view) in views.enumerated() {
            let optics = view.camera.intrinsics
            guard view.photo.width == optics.width, view.photo.height == optics.height, view.photo.channels == 3 else {
                throw Failure(
                    .invalidInputs, "Photo \(index + 1) and its camera differ in size, or it has no colour.")
            }
            guard view.camera.isFinite else {
                throw Failure(.invalidInputs, "The camera of photo \(index + 1) is not finite, or has no focal length.")
            }
            guard view.points.allSatisfy(points.indices.contains) else {
                throw Failure(.invalidInputs, "Photo \(index + 1) sees a point that there is not.")
            }
        }
        guard points.allSatisfy({ ($0.x + $0.y + $0.z).isFinite }) else {
            throw Failure(.invalidInputs, "A point is not finite.")
        }
    }

    private static func prepared(
        _ views: [DenseView], _ points: [SIMD3<Double>], _ options: DenseOptions, _ cancel: CancelFlag?
    ) throws(Failure) -> OpaquePointer {
        let shimViews = views.map { CVSDenseView(camera: CVSCamera($0.camera), photo: $0.photo.handle) }
        let numbers = points.flatMap { [$0.x, $0.y, $0.z] }
        let sightings = views.enumerated().flatMap { index, view in
            view.points.map { CVSDenseSighting(view: Int32(clamping: index), point: Int32(clamping: $0)) }
        }
        let shimOptions = CVSDenseOptions(
            pixels: Int32(clamping: options.pixels), sources: Int32(clamping: options.sources))
        return try withExtendedLifetime(views) { () throws(Failure) in
            try withCancelAddress(cancel) { cancel throws(Failure) in
                try callShim { out, error in
                    cvs_dense_create(
                        shimViews, shimViews.count, numbers, points.count, sightings, sightings.count, shimOptions,
                        cancel, out, error)
                }
            }
        }
    }

    /// How many others a view was compared with.
    public func sources(of view: Int) -> Int { Int(cvs_dense_sources(handle, view)) }

    /// The depths of one view.
    public func depthMap(of view: Int) throws(Failure) -> DepthMap {
        let camera = Camera(cvs_dense_camera(handle, view))
        let pixels = camera.intrinsics.width * camera.intrinsics.height
        var (depths, confidences) = ([Float](repeating: 0, count: pixels), [Float](repeating: 0, count: pixels))
        try checkShim { error in cvs_dense_depths(handle, view, &depths, &confidences, pixels, error) }
        return DepthMap(camera: camera, depths: depths, confidences: confidences)
    }

    /// How many places there are that enough views agree on.
    public var pointCount: Int { cvs_dense_point_count(handle) }

    /// These places, with normals towards the cameras that see them, and colours.
    public var cloud: PointCloud {
        var cloud = PointCloud(points: [])
        guard let points = cvs_dense_points(handle) else { return cloud }
        return withExtendedLifetime(self) {
            for point in UnsafeBufferPointer(start: points, count: pointCount) {
                cloud.points.append([point.place.0, point.place.1, point.place.2])
                cloud.normals.append([point.normal.0, point.normal.1, point.normal.2])
                cloud.colours.append([point.colour.0, point.colour.1, point.colour.2])
            }
            return cloud
        }
    }

    /// What the views saw, as a two-manifold with a border, facing the cameras: no triangle where nothing was seen, but
    /// for small holes. Without triangles where too little was seen.
    public func surface(options: DenseOptions = DenseOptions(), cancel: CancelFlag? = nil) throws(Failure) -> Mesh {
        let shimOptions = CVSDenseSurfaceOptions(nodes: options.nodes, smoothness: options.smoothness)
        return Mesh(
            owning: try withCancelAddress(cancel) { cancel throws(Failure) in
                try callShim { out, error in cvs_dense_surface(handle, shimOptions, cancel, out, error) }
            })
    }
}

extension Camera {
    /// Whether it can see at all.
    fileprivate var isFinite: Bool {
        let optics = intrinsics
        let numbers = [optics.focal, optics.principal.x, optics.principal.y, optics.k1, optics.k2]
        let vectors = pose.rotation.rows + [pose.translation]
        return optics.focal > 0 && numbers.allSatisfy(\.isFinite)
            && vectors.allSatisfy { ($0.x + $0.y + $0.z).isFinite }
    }
}
