internal import CVShim
public import Imaging
public import Pipeline

/// What a surface is made of.
public enum SurfaceMaterial: Int32, Sendable, CaseIterable {
    case paint, glass, rubber, rim
}

/// How a texture is made.
public struct TextureOptions: Sendable, Equatable {
    /// Sides of the square texture in pixels, 64...8192; nil takes as many as the photos have detail for, up to 4096.
    public var side: Int?
    /// The object is its own mirror image in x = 0: photos may show its other half where no photo does so itself.
    public var isSymmetric = true
    /// Where the object's wheels are, 4 at most; near their axles they are rims.
    public var wheels: [Wheel] = []

    public init() {}
}

/// A mesh with a texture from photos.
// @unchecked: the handle is only read after `init`, the model behind it never changes, and `deinit` frees it once.
public final class TexturedModel: @unchecked Sendable {
    let handle: OpaquePointer
    /// The shim's model looks at their silhouettes.
    private let photos: [TexturePhoto]

    deinit { cvs_model_destroy(handle) }

    /// Textures a mesh whose y axis points up from a ground at 0, in metres.
    ///
    /// Each triangle takes the photo that shows it largest and straightest, seams run where photos agree (graph cuts,
    /// Lempitsky and Ivanov 2007), brightness and colour are evened out between photos (Brown and Lowe 2007; two bands,
    /// Baumberg 2002). What no photo shows takes the paint round about, and is dark beneath. The same input gives the
    /// same bits.
    public init(
        mesh: Mesh, photos: [TexturePhoto], options: TextureOptions = TextureOptions(), cancel: CancelFlag? = nil
    ) throws(Failure) {
        guard mesh.triangleCount > 0, !photos.isEmpty else {
            throw Failure(.noUsableViews, "A texture needs a shape and at least one photo.")
        }
        for (index, photo) in photos.enumerated() {
            let optics = photo.camera.intrinsics
            let pictures = [photo.photo, photo.alpha].compactMap { $0.map { ($0.width, $0.height) } }
            let sizes = pictures + [(photo.silhouette.width, photo.silhouette.height)]
            guard photo.photo.channels == 3, sizes.allSatisfy({ $0 == (optics.width, optics.height) }) else {
                throw Failure(
                    .invalidInputs,
                    "Photo \(index + 1), its silhouette and its camera differ in size, or it has no colour.")
            }
            guard [photo.alpha, photo.glass, photo.wheels].allSatisfy({ $0.map { $0.channels == 1 } ?? true }) else {
                throw Failure(.invalidInputs, "A mask of photo \(index + 1) has other channels than one.")
            }
        }
        self.photos = photos
        let finest = Self.detail(of: photos, on: mesh)
        let side = options.side ?? (finest > 450 ? 4096 : 2048)
        var shimOptions = CVSModelOptions()
        (shimOptions.texture_side, shimOptions.finest) = (Int32(clamping: side), finest)
        shimOptions.symmetric = options.isSymmetric
        shimOptions.add(options.wheels)
        let shimPhotos = photos.map {
            CVSPhoto(
                camera: CVSCamera($0.camera), silhouette: $0.silhouette.handle, photo: $0.photo.handle,
                alpha: $0.alpha?.handle, glass: $0.glass?.handle, wheels: $0.wheels?.handle)
        }
        handle = try withExtendedLifetime(photos) { () throws(Failure) in
            try withCancelAddress(cancel) { cancel throws(Failure) in
                try callShim { out, error in
                    shimPhotos.withUnsafeBufferPointer { photos in
                        guard let base = photos.baseAddress else { return .badArgument }
                        return cvs_model_create(mesh.handle, base, photos.count, shimOptions, cancel, out, error)
                    }
                }
            }
        }
    }

    /// Pixels that the finest photo has for a metre of the object, and a third more, so that none is lost.
    private static func detail(of photos: [TexturePhoto], on mesh: Mesh) -> Double {
        let vertices = mesh.vertices
        let middle = vertices.reduce(SIMD3<Double>(repeating: 0)) { $0 + SIMD3<Double>($1) } / Double(vertices.count)
        let finest = photos.map { $0.camera.intrinsics.focal / max(1e-6, ($0.camera.pose.centre - middle).norm) }.max()
        return max(1e-3, (finest ?? 1) * 4 / 3)
    }

    /// The texture, 3 channels, square.
    public func texture() throws(Failure) -> Bitmap {
        Bitmap(owning: try callShim { out, error in cvs_model_texture(handle, out, error) })
    }

    /// Where the colours of a picture come from.
    public enum Colours: Sendable {
        /// The same from everywhere, as a viewer shows them.
        case texture
        /// The two photos that look most nearly the same way at each place, so that reflections move as they do between
        /// photos (Debevec, Taylor and Malik 1996); the texture helps out.
        case photos
    }

    /// What a camera sees of the model, without light: 4 channels.
    ///
    /// - Parameter samples: 1...4, so many rays squared go into a pixel.
    public func picture(
        in camera: Camera, colours: Colours = .texture, samples: Int = 2, cancel: CancelFlag? = nil
    ) throws(Failure) -> Bitmap {
        var shim = CVSCamera(camera)
        let handle = try withCancelAddress(cancel) { cancel throws(Failure) in
            try callShim { out, error in
                cvs_model_render(
                    self.handle, &shim, Int32(clamping: samples), colours == .photos, cancel, out, error)
            }
        }
        return Bitmap(owning: handle)
    }
}

extension TexturedModel {
    /// Square metres that a photo shows itself, that one shows mirrored, and that none shows.
    public struct Coverage: Sendable, Equatable, Codable {
        public let seen: Double
        public let mirrored: Double
        public let unseen: Double
    }

    public var coverage: Coverage {
        let areas = cvs_model_coverage(handle)
        return Coverage(seen: areas.seen, mirrored: areas.mirrored, unseen: areas.unseen)
    }

    /// How many vertices there are: one for every corner of the texture's charts, more than the mesh has.
    public var vertexCount: Int { cvs_model_vertex_count(handle) }

    public func triangleCount(of material: SurfaceMaterial) -> Int {
        cvs_model_triangle_count(handle, material.shim)
    }

    /// Positions and normals, 3 numbers a vertex, and places in the texture, 2 numbers each of 0...1 right and down;
    /// valid inside `body` only.
    func withVertices<R>(
        _ body: (
            _ positions: UnsafeBufferPointer<Float>, _ normals: UnsafeBufferPointer<Float>,
            _ places: UnsafeBufferPointer<Float>
        ) -> R
    ) -> R {
        withExtendedLifetime(self) {
            body(
                UnsafeBufferPointer(start: cvs_model_vertices(handle), count: 3 * vertexCount),
                UnsafeBufferPointer(start: cvs_model_normals(handle), count: 3 * vertexCount),
                UnsafeBufferPointer(start: cvs_model_places(handle), count: 2 * vertexCount))
        }
    }

    /// 3 indices a triangle; valid inside `body` only.
    func withTriangles<R>(of material: SurfaceMaterial, _ body: (UnsafeBufferPointer<UInt32>) -> R) -> R {
        withExtendedLifetime(self) {
            body(
                UnsafeBufferPointer(
                    start: cvs_model_triangles(handle, material.shim), count: 3 * triangleCount(of: material)))
        }
    }
}

extension SurfaceMaterial {
    fileprivate var shim: CVSMaterial {
        switch self {
        case .paint: .paint
        case .glass: .glass
        case .rubber: .rubber
        case .rim: .rim
        }
    }
}
