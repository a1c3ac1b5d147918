import Foundation
import Imaging
import Photogrammetry
import Pipeline
import Synchronization

/// Solids with exact truth, seen by cameras on a ring; the ground is y = 0.
struct SolidScene {
    /// A ball, or a block with its sides along the axes, each side of another colour.
    enum Solid {
        case ball(centre: SIMD3<Double>, radius: Double)
        case block(low: SIMD3<Double>, high: SIMD3<Double>)
    }

    let solid: Solid

    static let ball = SolidScene(solid: .ball(centre: [0, 0.5, 0], radius: 0.5))
    static let block = SolidScene(solid: .block(low: [-0.4, 0, -0.9], high: [0.4, 0.6, 0.9]))

    /// Right, left, top, bottom, front, back.
    static let colours: [SIMD3<Double>] = [
        [200, 40, 40], [40, 170, 60], [230, 230, 230], [10, 10, 10], [50, 70, 210], [210, 190, 40],
    ]

    /// A camera that looks from a place to another, y up.
    static func camera(
        from place: SIMD3<Double>, to target: SIMD3<Double> = [0, 0.3, 0], width: Int = 160, height: Int = 120,
        focal: Double = 170
    ) throws -> Camera {
        func unit(_ v: SIMD3<Double>) -> SIMD3<Double> { v / (v * v).sum().squareRoot() }
        func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
            [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
        }
        let forwards = unit(target - place)
        let right = unit(cross(forwards, [0, 1, 0]))
        guard let rotation = Rotation(checking: [right, cross(forwards, right), forwards]) else {
            throw Failure(.internalError, "no rotation")
        }
        return Camera(
            intrinsics: Intrinsics(width: width, height: height, focal: focal),
            pose: Pose(rotation: rotation, centre: place))
    }

    /// Cameras on a ring, the first in front.
    static func ring(
        _ count: Int, radius: Double = 3, height: Double = 1.1, first: Double = 0, arc: Double = 2 * .pi
    ) throws -> [Camera] {
        try (0..<count).map { index in
            let angle = first + arc * Double(index) / Double(count)
            return try camera(
                from: [radius * sin(angle), height, radius * cos(angle)], focal: 170 * radius / 3)
        }
    }

    /// Where a ray meets the solid, and which of the six sides faces there; nil for a miss.
    func hit(from origin: SIMD3<Double>, along way: SIMD3<Double>) -> Int? {
        switch solid {
        case .ball(let centre, let radius):
            let (a, b) = ((way * way).sum(), (way * (origin - centre)).sum())
            let c = ((origin - centre) * (origin - centre)).sum() - radius * radius
            return b * b - a * c > 0 && b < 0 ? 2 : nil
        case .block(let low, let high):
            var (near, far, side) = (-Double.infinity, Double.infinity, 0)
            for axis in 0..<3 {
                let (first, second) = ((low[axis] - origin[axis]) / way[axis], (high[axis] - origin[axis]) / way[axis])
                if min(first, second) > near { (near, side) = (min(first, second), 2 * axis + (way[axis] > 0 ? 1 : 0)) }
                far = min(far, max(first, second))
            }
            return near < far && far > 0 ? side : nil
        }
    }

    /// How much of each pixel the solid covers, 1 channel.
    func alpha(in camera: Camera) throws -> Bitmap {
        let (width, height) = (camera.intrinsics.width, camera.intrinsics.height)
        let fine = Camera(
            intrinsics: camera.intrinsics.scaled(toWidth: 4 * width, height: 4 * height), pose: camera.pose)
        return try mesh().mask(in: fine).resized(width: width, height: height, filter: .area)
    }

    /// What a camera sees, before grey, 3 channels.
    func photo(by camera: Camera, exposure: Double = 1) throws -> Bitmap {
        let (width, height) = (camera.intrinsics.width, camera.intrinsics.height)
        let (centre, back) = (camera.pose.centre, camera.pose.rotation.inverse)
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let way = back * camera.intrinsics.direction(of: [Double(x), Double(y)])
                let colour = hit(from: centre, along: way).map { Self.colours[$0] * exposure } ?? [128, 128, 128]
                pixels += [UInt8(min(255, colour.x)), UInt8(min(255, colour.y)), UInt8(min(255, colour.z))]
            }
        }
        return try Bitmap(pixels: pixels, width: width, height: height, channels: 3)
    }

    func views(from cameras: [Camera]) throws -> [ShapeView] {
        try cameras.map {
            ShapeView(camera: $0, silhouette: try Silhouette(alpha: try alpha(in: $0), longestSide: 160))
        }
    }

    func photos(from cameras: [Camera], exposures: [Double] = []) throws -> [TexturePhoto] {
        try cameras.enumerated().map { index, camera in
            TexturePhoto(
                camera: camera, silhouette: try Silhouette(alpha: try alpha(in: camera), longestSide: 160),
                photo: try photo(by: camera, exposure: index < exposures.count ? exposures[index] : 1))
        }
    }

    /// The solid itself.
    func mesh() throws -> Mesh {
        switch solid {
        case .block(let low, let high):
            return try Self.blockMesh(low: SIMD3<Float>(low), high: SIMD3<Float>(high))
        case .ball(let centre, let radius):
            let block = try Self.blockMesh(low: [-1, -1, -1], high: [1, 1, 1], cuts: 24)
            return try Mesh(
                vertices: block.vertices.map { vertex in
                    let way = SIMD3<Double>(vertex)
                    return SIMD3<Float>(centre + way * (radius / (way * way).sum().squareRoot()))
                }, triangles: block.triangles)
        }
    }

    private static let taken = Mutex<[Int: [TexturePhoto]]>([:])

    /// The block's photos from a ring of so many cameras, taken once.
    static func ringPhotos(_ count: Int) throws -> [TexturePhoto] {
        if let known = taken.withLock({ $0[count] }) { return known }
        let photos = try block.photos(from: ring(count))
        taken.withLock { $0[count] = photos }
        return photos
    }

    /// A block as a mesh, each side cut into squares.
    static func blockMesh(low: SIMD3<Float>, high: SIMD3<Float>, cuts: Int = 8) throws -> Mesh {
        var (vertices, triangles, known) = ([SIMD3<Float>](), [SIMD3<UInt32>](), [SIMD3<Int>: UInt32]())
        func vertex(_ place: SIMD3<Int>) -> UInt32 {
            if let number = known[place] { return number }
            known[place] = UInt32(vertices.count)
            vertices.append(low + (high - low) * SIMD3<Float>(SIMD3<Float>(place) / Float(cuts)))
            return UInt32(vertices.count - 1)
        }
        for axis in 0..<3 {
            let (u, v) = ((axis + 1) % 3, (axis + 2) % 3)
            for end in [0, cuts] {
                for i in 0..<cuts {
                    for j in 0..<cuts {
                        let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map { step -> UInt32 in
                            var place = SIMD3<Int>(repeating: end)
                            (place[u], place[v]) = (i + step.0, j + step.1)
                            return vertex(place)
                        }
                        let (b, d) = end == 0 ? (corners[3], corners[1]) : (corners[1], corners[3])
                        triangles += [[corners[0], b, corners[2]], [corners[0], corners[2], d]]
                    }
                }
            }
        }
        return try Mesh(vertices: vertices, triangles: triangles)
    }
}
