internal import Imaging
internal import Pipeline

/// How well silhouettes agree with a shape: shared area over the area of both, 0...1 a view.
struct Agreement: Sendable, Equatable {
    let views: [Double]

    var mean: Double { views.reduce(0, +) / Double(max(views.count, 1)) }
    var least: Double { views.min() ?? 0 }

    /// Pixels of the longer side that areas are compared at.
    private static let side = 480
    private static let cells = 72

    /// Of each silhouette with the shape that all views made.
    init(of views: [ShapeView], alphas: [Bitmap], with mesh: Mesh, cancel: CancelFlag?) throws(Failure) {
        var found: [Double] = []
        for (view, alpha) in zip(views, alphas) {
            found.append(try Self.overlap(mesh, view.camera, alpha, cancel))
        }
        self.views = found
    }

    /// Of each silhouette with the hull of all other views: nothing of a view speaks for itself.
    init(
        heldOutOf views: [ShapeView], alphas: [Bitmap], isSymmetric: Bool, cancel: CancelFlag?
    ) throws(Failure) {
        var options = ShapeOptions()
        (options.isSymmetric, options.isGrounded, options.isCar) = (isSymmetric, false, false)
        (options.cells, options.smoothing) = (Self.cells, 0)
        var found: [Double] = []
        for (index, view) in views.enumerated() {
            var others = views
            others.remove(at: index)
            let hull: Mesh
            do { hull = try Shape(from: others, options: options, cancel: cancel).mesh } catch {
                guard error.code == .noUsableViews else { throw error }
                found.append(0)
                continue
            }
            found.append(try Self.overlap(hull, view.camera, alphas[index], cancel))
        }
        self.views = found
    }

    private static func overlap(
        _ mesh: Mesh, _ camera: Camera, _ alpha: Bitmap, _ cancel: CancelFlag?
    ) throws(Failure) -> Double {
        let small = camera.shrunk(toSide: side)
        let (width, height) = (small.intrinsics.width, small.intrinsics.height)
        let seen = try mesh.mask(in: small, cancel: cancel)
        let truth = try alpha.resized(width: width, height: height, filter: .area, cancel: cancel)
        let (both, either) = seen.withPixels { one in
            truth.withPixels { two in
                var (both, either) = (0, 0)
                for index in one.indices {
                    let (a, b) = (one[index] >= 128, two[index] >= 128)
                    both += a && b ? 1 : 0
                    either += a || b ? 1 : 0
                }
                return (both, either)
            }
        }
        return either > 0 ? Double(both) / Double(either) : 0
    }
}
