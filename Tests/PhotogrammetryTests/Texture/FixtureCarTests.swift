import Foundation
import Imaging
import Photogrammetry
import Pipeline
import TestKit
import Testing

/// The fixture's eight masks and photos with their true cameras, and what a model of them is worth.
@Suite("The fixture car as a model")
struct FixtureCarTests {
    private struct Seen {
        let camera: Camera
        let photo: URL
        let mask: URL
    }

    private static func seen(_ folder: String) throws -> [Seen] {
        let root = Fixtures.root.appending(path: "fixtures/\(folder)")
        return try CameraFile(json: Data(contentsOf: root.appending(path: "cameras.json"))).entries.map { entry in
            let name = (entry.image as NSString).lastPathComponent as NSString
            return Seen(
                camera: entry.camera, photo: root.appending(path: entry.image),
                mask: root.appending(path: "masks/\(name.deletingPathExtension).png"))
        }
    }

    private static func overlap(_ first: Bitmap, _ second: Bitmap) -> Double {
        first.withPixels { first in
            second.withPixels { second in
                var (both, either) = (0, 0)
                for (a, b) in zip(first, second) {
                    both += a >= 128 && b >= 128 ? 1 : 0
                    either += a >= 128 || b >= 128 ? 1 : 0
                }
                return Double(both) / Double(either)
            }
        }
    }

    @Test func `looks like the car from where no photo was taken, and is a solid on its wheels`() throws {
        let given = try Self.seen("car")
        let photos = try given.map {
            TexturePhoto(
                camera: $0.camera, silhouette: try Silhouette(alpha: ImageFile.decode($0.mask, as: .grey)),
                photo: try ImageFile.decode($0.photo, as: .rgb))
        }
        var options = ShapeOptions()
        (options.cells, options.smoothing) = (110, 8)
        let shape = try Shape(
            from: photos.map { ShapeView(camera: $0.camera, silhouette: $0.silhouette) }, options: options)
        #expect(shape.isCar && shape.outlineError < 0.006)
        let mesh = try shape.mesh.simplified(toTriangles: 25_000)
        #expect(try mesh.triangleCount <= 25_000 && mesh.solidity().isSolid)
        let vertices = mesh.vertices
        #expect(
            try abs(#require(vertices.map(\.y).min())) < 0.02 && abs(#require(vertices.map(\.y).max()) - 1.45) < 0.03)
        // No bag between the wheels.
        #expect(vertices.allSatisfy { $0.y > 0.12 || abs($0.x) > 0.4 })
        let model = try TexturedModel(mesh: mesh, photos: photos)
        #expect(try model.glb().count < 10_000_000 && model.coverage.seen > 12)
        for budget in [50_000, 100_000] where budget < shape.mesh.triangleCount {
            let finer = try shape.mesh.simplified(toTriangles: budget)
            #expect(try finer.triangleCount <= budget && finer.solidity().isSolid)
        }
        for view in try Self.seen("car-ring24").enumerated().filter({ $0.offset % 6 == 1 }).map(\.element) {
            let truth = try ImageFile.decode(view.mask, as: .grey)
            #expect(Self.overlap(try mesh.mask(in: view.camera), truth) > 0.98)
            let picture = try model.picture(in: view.camera, colours: .photos)
            let photo = try ImageFile.decode(view.photo, as: .rgb)
            #expect(Self.likeness(picture, photo, truth) > 18)
        }
    }

    /// Peak signal to noise ratio in decibels where the car is.
    private static func likeness(_ picture: Bitmap, _ photo: Bitmap, _ mask: Bitmap) -> Double {
        var (squares, count) = (0, 0)
        picture.withPixels { picture in
            photo.withPixels { photo in
                mask.withPixels { mask in
                    for index in mask.indices where mask[index] >= 128 && picture[4 * index + 3] >= 128 {
                        for channel in 0..<3 {
                            let step = Int(picture[4 * index + channel]) - Int(photo[3 * index + channel])
                            squares += step * step
                        }
                        count += 3
                    }
                }
            }
        }
        return 10 * log10(255 * 255 * Double(count) / Double(max(1, squares)))
    }
}
