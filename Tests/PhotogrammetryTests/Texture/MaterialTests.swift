import Imaging
import Photogrammetry
import Pipeline
import TestKit
import Testing

@Suite("Materials") struct MaterialTests {
    /// The block's photos with masks of rows: panes above one, wheels below another, each share of 255 as given.
    private static func photos(
        _ count: Int = 8, panesAbove: Int = 50, wheelsBelow: Int = 64, lying: Int? = nil, size: (Int, Int) = (160, 120)
    ) throws -> [TexturePhoto] {
        func rows(_ isMarked: @escaping (Int) -> Bool) throws -> Bitmap {
            try TestPicture.make(width: size.0, height: size.1, channels: 1) { _, y, pixel in
                pixel[0] = isMarked(y * 120 / size.1) ? 255 : 0
            }
        }
        return try SolidScene.ringPhotos(count).enumerated().map { index, photo in
            TexturePhoto(
                camera: photo.camera, silhouette: photo.silhouette, photo: photo.photo,
                glass: try rows { index == lying || $0 < panesAbove }, wheels: try rows { $0 > wheelsBelow })
        }
    }

    private static func model(_ photos: [TexturePhoto], wheels: [Wheel] = []) throws -> TexturedModel {
        var options = TextureOptions()
        (options.isSymmetric, options.side, options.wheels) = (false, 256, wheels)
        return try TexturedModel(mesh: SolidScene.block.mesh(), photos: photos, options: options)
    }

    @Test func `panes and wheels get materials of their own`() throws {
        let model = try Self.model(Self.photos())
        #expect(model.triangleCount(of: .glass) > 20 && model.triangleCount(of: .rubber) > 20)
        #expect(model.triangleCount(of: .rim) == 0)
        let contents = try GLB.contents(of: model.glb())
        #expect(contents.parts.map(\.material) == ["paint", "glass", "rubber"])
    }

    @Test func `without masks all is paint`() throws {
        let model = try Self.model(SolidScene.ringPhotos(4))
        #expect(model.triangleCount(of: .glass) + model.triangleCount(of: .rubber) == 0)
    }

    @Test func `smaller masks say the same`() throws {
        let whole = try Self.model(Self.photos())
        let small = try Self.model(Self.photos(size: (80, 60)))
        let ratio = Double(small.triangleCount(of: .glass)) / Double(whole.triangleCount(of: .glass))
        #expect(abs(ratio - 1) < 0.1)
    }

    @Test func `one photo that takes all for glass is outvoted`() throws {
        let honest = try Self.model(Self.photos())
        let misled = try Self.model(Self.photos(lying: 3))
        let ratio = Double(misled.triangleCount(of: .glass)) / Double(honest.triangleCount(of: .glass))
        #expect(abs(ratio - 1) < 0.25)
    }

    @Test func `near an axle a wheel is a rim, on the outside alone`() throws {
        let wheels = [Wheel(axle: [0.4, 0.15, 0.5], radius: 0.2), Wheel(axle: [-0.4, 0.15, 0.5], radius: 0.2)]
        let model = try Self.model(Self.photos(), wheels: wheels)
        #expect(model.triangleCount(of: .rim) > 0)
        #expect(model.triangleCount(of: .rim) < model.triangleCount(of: .rubber))
        let beside = [Wheel(axle: [0.4, 0.15, 3], radius: 0.2)]
        #expect(try Self.model(Self.photos(), wheels: beside).triangleCount(of: .rim) == 0)
    }
}
