public import Foundation
internal import Imaging
public import Pipeline

/// Coloured points in space.
public struct PointCloud: Sendable, Equatable {
    public var points: [SIMD3<Float>]
    /// Of unit length, one a point; or none.
    public var normals: [SIMD3<Float>]
    /// sRGB, one a point; or none.
    public var colours: [SIMD3<UInt8>]

    public init(points: [SIMD3<Float>], normals: [SIMD3<Float>] = [], colours: [SIMD3<UInt8>] = []) {
        (self.points, self.normals, self.colours) = (points, normals, colours)
    }

    /// The cloud as a binary PLY file (Turk 1994), little endian.
    ///
    /// `internal_error` when normals or colours are neither none nor one a point, or a number is not finite.
    public func ply() throws(Failure) -> Data {
        let count = points.count
        guard normals.isEmpty || normals.count == count, colours.isEmpty || colours.count == count,
            (points + normals).allSatisfy({ $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
        else { throw Failure(.internalError, "The point cloud can't be written.", detail: "counts or values") }
        var header = "ply\nformat binary_little_endian 1.0\ncomment Rundum\nelement vertex \(count)\n"
        header += ["x", "y", "z"].map { "property float \($0)\n" }.joined()
        if !normals.isEmpty { header += ["nx", "ny", "nz"].map { "property float \($0)\n" }.joined() }
        if !colours.isEmpty { header += ["red", "green", "blue"].map { "property uchar \($0)\n" }.joined() }
        var file = Data((header + "end_header\n").utf8)
        for index in points.indices {
            for vector in normals.isEmpty ? [points[index]] : [points[index], normals[index]] {
                for axis in 0..<3 { file.append(littleEndian: vector[axis].bitPattern) }
            }
            if !colours.isEmpty { for channel in 0..<3 { file.append(colours[index][channel]) } }
        }
        return file
    }
}

extension TexturedModel {
    /// The model's vertices as a cloud, coloured by the texture.
    public func pointCloud() throws(Failure) -> PointCloud {
        let texture = try texture()
        let side = texture.width
        return withVertices { positions, normals, places in
            texture.withPixels { pixels in
                var cloud = PointCloud(points: [])
                for index in 0..<vertexCount {
                    let column = min(side - 1, Int(places[2 * index] * Float(side)))
                    let row = min(side - 1, Int(places[2 * index + 1] * Float(side)))
                    let at = 3 * (row * side + column)
                    cloud.points.append(SIMD3(positions[3 * index], positions[3 * index + 1], positions[3 * index + 2]))
                    cloud.normals.append(SIMD3(normals[3 * index], normals[3 * index + 1], normals[3 * index + 2]))
                    cloud.colours.append(SIMD3(pixels[at], pixels[at + 1], pixels[at + 2]))
                }
                return cloud
            }
        }
    }
}
