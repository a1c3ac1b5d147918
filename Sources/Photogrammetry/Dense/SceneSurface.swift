public import Imaging
public import Pipeline

/// A scene with its surface: all in one frame, y up where the cameras say so, the lowest place at 0, the photographer on
/// +z. Photos know no metres: the unit is a quarter of the surface's longest side.
public struct SceneSurface: Sendable {
    /// Cameras and points, moved into the frame.
    public let scene: Scene
    /// Places that several photos agree on, with normals and colours.
    public let cloud: PointCloud
    /// A two-manifold with a border: what nobody saw is left open.
    public let mesh: Mesh
    public let model: TexturedModel
    /// Whether the cameras agree on where up is.
    public let isLevel: Bool
    /// Which share of its pixels each photo knows a trusted depth of; nil for photos that could not be placed.
    public let depthShares: [Double?]

    /// Units that the surface is long at most.
    private static let longestSide = 4.0
    /// Below it there is no surface worth showing.
    private static let leastPoints = 2_000, leastTriangles = 200

    /// Depths of all placed photos, what they agree on, a surface through it, and the photos' colours on that.
    ///
    /// - Parameters:
    ///   - photos: of the scene's views, in their order, 3 channels.
    ///   - progress: called with the share of the whole that is done, and what comes next.
    /// - Throws: `no_usable_views` where too few depths agree.
    public init(
        of scene: Scene, photos: [Bitmap], options: DenseOptions = DenseOptions(), cancel: CancelFlag? = nil,
        progress: (Double, String) throws(Failure) -> Void = { _, _ in }
    ) throws(Failure) {
        let placed = scene.views.indices.filter { scene.views[$0].camera != nil }
        guard photos.count == scene.views.count, placed.count > 1 else {
            throw Failure(.noUsableViews, "Depths need two placed photos or more.")
        }
        let frame = SceneFrame(placed.compactMap { scene.views[$0].camera?.pose }, middle: scene.middle)
        isLevel = frame.isLevel
        let turned = scene.moved(frame.turn, .zero, 1)
        let views = placed.compactMap { index in
            turned.views[index].camera.map { camera in
                DenseView(camera: camera, photo: photos[index], points: turned.views[index].sightings.map(\.point))
            }
        }
        try progress(0, "measuring depths")
        let maps = try DepthMaps(of: views, points: turned.points.map(\.position), options: options, cancel: cancel) {
            share throws(Failure) in try progress(0.6 * share, "measuring depths")
        }
        let found = maps.pointCount
        guard found >= Self.leastPoints else { throw Self.tooLittle("only \(found) places are seen alike by several") }
        try progress(0.62, "joining depths to a surface")
        let rough = try maps.surface(options: options, cancel: cancel)
        guard rough.triangleCount >= Self.leastTriangles else {
            throw Self.tooLittle("the places that are seen alike do not hang together")
        }
        let fine = try rough.simplified(toTriangles: options.triangles, cancel: cancel)
        let (shift, factor) = Self.fit(fine)
        mesh = try fine.moved(shift, factor)
        self.scene = turned.moved(.identity, shift, factor)
        cloud = maps.cloud.moved(SIMD3<Float>(shift), Float(factor))
        var shares = [Double?](repeating: nil, count: photos.count)
        for (number, index) in placed.enumerated() { shares[index] = try maps.depthMap(of: number).share }
        depthShares = shares
        try progress(0.7, "painting")
        var texture = TextureOptions()
        texture.isSymmetric = false
        model = try TexturedModel(
            mesh: mesh, photos: Self.texturePhotos(self.scene, photos, cancel), options: texture, cancel: cancel)
        try progress(1, "done")
    }

    private static func tooLittle(_ why: String) -> Failure {
        Failure(
            .noUsableViews, "There is no surface: \(why).",
            hint: "Take more photos, a small step apart, of things that are not blank or shiny.")
    }

    /// What moves a mesh over the middle of its ground, and makes it as long as it shall be.
    private static func fit(_ mesh: Mesh) -> (shift: SIMD3<Double>, factor: Double) {
        let vertices = mesh.vertices
        var (low, high) = (SIMD3<Float>(repeating: .infinity), SIMD3<Float>(repeating: -.infinity))
        for vertex in vertices { (low, high) = (pointwiseMin(low, vertex), pointwiseMax(high, vertex)) }
        let (first, last) = (SIMD3<Double>(low), SIMD3<Double>(high))
        let middle = (first + last) / 2
        return ([-middle.x, -first.y, -middle.z], longestSide / max(1e-12, (last - first).max()))
    }

    /// All that a photo shows may be used.
    private static func texturePhotos(
        _ scene: Scene, _ photos: [Bitmap], _ cancel: CancelFlag?
    ) throws(Failure) -> [TexturePhoto] {
        var all: [TexturePhoto] = []
        for (view, photo) in zip(scene.views, photos) {
            guard let camera = view.camera else { continue }
            let everything = try Bitmap(
                pixels: [UInt8](repeating: 255, count: photo.width * photo.height), width: photo.width,
                height: photo.height, channels: 1)
            let silhouette = try Silhouette(alpha: everything, longestSide: 64, cancel: cancel)
            all.append(TexturePhoto(camera: camera, silhouette: silhouette, photo: photo))
        }
        return all
    }
}

extension Scene {
    /// Halfway in all directions: as many points lie before as behind.
    fileprivate var middle: SIMD3<Double> {
        guard !points.isEmpty else { return .zero }
        var middle = SIMD3<Double>.zero
        for axis in 0..<3 { middle[axis] = points.map { $0.position[axis] }.sorted()[points.count / 2] }
        return middle
    }

    /// The same scene in a world that was turned, then moved by `shift`, then enlarged by `factor`.
    func moved(_ turn: Rotation, _ shift: SIMD3<Double>, _ factor: Double) -> Scene {
        Scene(
            views: views.map { view in
                View(
                    name: view.name,
                    camera: view.camera.map {
                        Camera(intrinsics: $0.intrinsics, pose: $0.pose.moved(turn, shift, factor))
                    }, reason: view.reason, sightings: view.sightings, features: view.features)
            },
            points: points.map { point in
                Point(
                    position: factor * (turn * point.position + shift), colour: point.colour, length: point.length,
                    error: point.error)
            }, reprojectionError: reprojectionError)
    }
}

extension Mesh {
    fileprivate func moved(_ shift: SIMD3<Double>, _ factor: Double) throws(Failure) -> Mesh {
        try Mesh(
            vertices: vertices.map { SIMD3<Float>(factor * (SIMD3<Double>($0) + shift)) }, triangles: triangles)
    }
}

extension PointCloud {
    fileprivate func moved(_ shift: SIMD3<Float>, _ factor: Float) -> PointCloud {
        PointCloud(points: points.map { factor * ($0 + shift) }, normals: normals, colours: colours)
    }
}
