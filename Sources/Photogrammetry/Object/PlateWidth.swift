internal import Imaging

/// How wide a car's number plates are in the cameras' unit, from where two photos or more see the corners of one.
struct PlateWidth: Equatable {
    let width: Double
    /// Standard deviation over the width.
    let error: Double

    /// Width over height: 520 x 110 mm is 4.7; masks and frames add to either.
    private static let shapes = 3.2...6.5
    /// No plate is known better than this; one that is known worse tells less than the usual size of cars does.
    private static let leastError = 0.005, greatestError = 0.045

    /// - Parameter sightings: of a car in its own frame; a camera ahead of it sees its front plate, others its rear one.
    init?(_ sightings: [(camera: Camera, plates: [PlateQuad])]) {
        let all = sightings.flatMap { seen in seen.plates.map { (camera: seen.camera, quad: $0) } }
        let ends = [true, false].compactMap { isFront in
            Self.measured(all.filter { ($0.camera.pose.centre.z > 0) == isFront })
        }
        guard !ends.isEmpty else { return nil }
        let weights = ends.map { 1 / ($0.error * $0.error) }
        let total = weights.reduce(0, +)
        let mean = zip(ends, weights).reduce(0) { $0 + $1.0.width * $1.1 } / total
        let spread = ends.map { abs($0.width / mean - 1) }.max() ?? 0
        (width, error) = (mean, max(Self.leastError, (1 / total).squareRoot(), spread))
        guard error <= Self.greatestError else { return nil }
    }

    private static func measured(_ seen: [(camera: Camera, quad: PlateQuad)]) -> (width: Double, error: Double)? {
        guard seen.count >= 2 else { return nil }
        var corners: [Corner] = []
        for index in 0..<4 {
            guard let corner = Corner(seen.map { ($0.camera, $0.quad.corners[index]) }) else { return nil }
            corners.append(corner)
        }
        let places = corners.map(\.place)
        let width = ((places[1] - places[0]).norm + (places[2] - places[3]).norm) / 2
        let height = ((places[3] - places[0]).norm + (places[2] - places[1]).norm) / 2
        guard width > 0, height > 0, shapes.contains(width / height) else { return nil }
        let along = (places[1] - places[0]) / (places[1] - places[0]).norm
        let squares = corners.reduce(0) { $0 + $1.variance(along: along) } / 4
        return (width, max(leastError, squares.squareRoot() / width))
    }
}

/// A point that several photos see: the one nearest to its rays, each by what a pixel is at its distance.
private struct Corner {
    let place: SIMD3<Double>
    /// The inverse of the normal equations, and a pixel's square.
    private let inverse: [SIMD3<Double>]
    private let pixels: Double

    /// Nobody marks a corner better than this, in pixels.
    private static let leastPixels = 0.5

    init?(_ sightings: [(camera: Camera, pixel: SIMD2<Double>)]) {
        var (rows, right) = ([SIMD3<Double>](repeating: .zero, count: 3), SIMD3<Double>.zero)
        var rays: [(centre: SIMD3<Double>, way: SIMD3<Double>, weight: Double)] = []
        for (camera, pixel) in sightings {
            let turned = camera.pose.rotation.inverse * camera.intrinsics.direction(of: pixel)
            let centre = camera.pose.centre
            let metre = camera.intrinsics.focal / max(1e-9, centre.norm)
            rays.append((centre, turned / turned.norm, metre * metre))
        }
        for ray in rays {
            for row in 0..<3 {
                var axis = SIMD3<Double>.zero
                axis[row] = 1
                let across = (axis - ray.way * ray.way[row]) * ray.weight
                rows[row] += across
                right[row] += across.dot(ray.centre)
            }
        }
        let crossed = [rows[1].cross(rows[2]), rows[2].cross(rows[0]), rows[0].cross(rows[1])]
        let determinant = rows[0].dot(crossed[0])
        let scale = rows[0].norm * rows[1].norm * rows[2].norm
        // Rays that are one and the same have no point in common that is better than others.
        guard determinant > 1e-6 * scale else { return nil }
        inverse = crossed.map { $0 / determinant }
        let found = inverse[0] * right.x + inverse[1] * right.y + inverse[2] * right.z
        let squares = zip(sightings, rays).map { sighting, _ -> Double in
            guard let pixel = sighting.camera.pixel(of: found) else { return .infinity }
            let off = pixel - sighting.pixel
            return (off * off).sum()
        }
        let mean = squares.reduce(0, +) / Double(squares.count)
        guard mean.isFinite else { return nil }
        (place, pixels) = (found, max(Self.leastPixels * Self.leastPixels, mean))
    }

    func variance(along way: SIMD3<Double>) -> Double {
        let moved = SIMD3(inverse[0].dot(way), inverse[1].dot(way), inverse[2].dot(way))
        return pixels * way.dot(moved)
    }
}
