import Foundation
import Imaging
import Photogrammetry
import Pipeline
import TestKit
import Testing

@Suite("Textured models")
struct TexturedModelTests {
    private static func options(symmetric: Bool = false, side: Int = 256) -> TextureOptions {
        var options = TextureOptions()
        (options.isSymmetric, options.side) = (symmetric, side)
        return options
    }

    private static func model(ring count: Int, symmetric: Bool = false) throws -> TexturedModel {
        try TexturedModel(
            mesh: SolidScene.block.mesh(), photos: SolidScene.ringPhotos(count), options: options(symmetric: symmetric))
    }

    private static func model(
        _ cameras: [Camera], symmetric: Bool = false, exposures: [Double] = []
    ) throws -> TexturedModel {
        try TexturedModel(
            mesh: SolidScene.block.mesh(), photos: SolidScene.block.photos(from: cameras, exposures: exposures),
            options: options(symmetric: symmetric))
    }

    /// The colour that the model shows in the middle of one of its six sides.
    private static func colour(_ model: TexturedModel, side: Int) throws -> SIMD3<Double> {
        let middle = SIMD3(0, 0.3, 0.0)
        var place = middle
        place[side / 2] += side % 2 == 0 ? 3 : -3
        if side / 2 == 1 { place.z += 0.01 }
        let picture = try model.picture(in: SolidScene.camera(from: place, to: middle, width: 81, height: 61))
        let pixel = picture.pixel(40, 30)
        #expect(pixel[3] == 255)
        return SIMD3(Double(pixel[0]), Double(pixel[1]), Double(pixel[2]))
    }

    private static func isNear(_ a: SIMD3<Double>, _ b: SIMD3<Double>, within: Double) -> Bool {
        ((a - b) * (a - b)).sum().squareRoot() < within
    }

    @Test func `colours land on the sides that have them`() throws {
        let model = try Self.model(SolidScene.ring(8, height: 2.2))
        for side in [0, 1, 2, 4, 5] {
            #expect(Self.isNear(try Self.colour(model, side: side), SolidScene.colours[side], within: 24), "\(side)")
        }
        let coverage = model.coverage
        #expect(abs(coverage.seen - (2 * 0.8 * 0.6 + 2 * 1.8 * 0.6 + 0.8 * 1.8)) < 0.3)
        #expect(coverage.mirrored == 0 && abs(coverage.seen + coverage.unseen - 6 * 0.96 - 0.24) < 0.8)
    }

    @Test func `what nobody saw beneath is dark`() throws {
        let beneath = try Self.colour(Self.model(ring: 8), side: 3)
        #expect(beneath.max() < 60)
    }

    @Test func `a symmetric object shows mirrored photos where there is no other`() throws {
        let right = try SolidScene.ring(4, first: 0.3, arc: .pi)
        let alone = try Self.model(right)
        let mirrored = try Self.model(right, symmetric: true)
        #expect(alone.coverage.mirrored == 0 && mirrored.coverage.mirrored > 0.8)
        // The left side is green, but nobody saw it: it takes the red of the right side.
        #expect(Self.isNear(try Self.colour(mirrored, side: 1), SolidScene.colours[0], within: 24))
        #expect(Self.isNear(try Self.colour(mirrored, side: 0), SolidScene.colours[0], within: 24))
        // With photos all round, none is shown mirrored but in slivers.
        #expect(try Self.model(ring: 8, symmetric: true).coverage.mirrored < 0.1)
    }

    @Test func `a photo that is darker than the others is brought to them`() throws {
        let cameras = try SolidScene.ring(8)
        let even = try Self.model(cameras)
        let uneven = try Self.model(cameras, exposures: [1, 0.75, 1, 0.75, 1, 0.75, 1, 0.75])
        let between = try SolidScene.camera(from: [3 * sin(0.2), 1.1, 3 * cos(0.2)])
        func spread(_ model: TexturedModel) throws -> Double {
            let picture = try model.picture(in: between)
            // The front side, from left to right.
            let reds = (0..<160).map { picture.pixel($0, 62) }.filter { $0[3] == 255 && Int($0[2]) > Int($0[0]) + 60 }
            let blues = reds.map { Double($0[2]) }
            return (blues.max() ?? 0) - (blues.min() ?? 0)
        }
        #expect(try spread(uneven) < spread(even) + 24)
    }

    @Test func `what is seen through a hole in the object is not painted on it`() throws {
        let photos = try SolidScene.ringPhotos(8).map { photo -> TexturePhoto in
            let whole = try photo.photo.converted(channels: 4).channel(3)
            // A hole near the middle of every photo, with something bright green behind it.
            let alpha = try whole.pasting(TestPicture.plain(width: 24, height: 20, [0]), x: 68, y: 68)
            let seen = try photo.photo.pasting(TestPicture.plain(width: 24, height: 20, [0, 255, 0]), x: 68, y: 68)
            return TexturePhoto(camera: photo.camera, silhouette: photo.silhouette, photo: seen, alpha: alpha)
        }
        let model = try TexturedModel(mesh: SolidScene.block.mesh(), photos: photos, options: Self.options())
        #expect(Self.isNear(try Self.colour(model, side: 4), SolidScene.colours[4], within: 60))
        let naive = try TexturedModel(
            mesh: SolidScene.block.mesh(),
            photos: photos.map { TexturePhoto(camera: $0.camera, silhouette: $0.silhouette, photo: $0.photo) },
            options: Self.options())
        #expect(!Self.isNear(try Self.colour(naive, side: 4), SolidScene.colours[4], within: 60))
    }

    @Test func `the picture covers what the mesh covers`() throws {
        let camera = try SolidScene.camera(from: [2, 1.5, 2])
        let model = try Self.model(ring: 4)
        let picture = try model.picture(in: camera, samples: 1)
        let mask = try SolidScene.block.mesh().mask(in: camera)
        let differing = (0..<120).reduce(0) { sum, y in
            sum + (0..<160).filter { picture.pixel($0, y)[3] != mask.pixel($0, y)[0] }.count
        }
        #expect(differing == 0)
        #expect(try model.picture(in: camera, samples: 3).pixel(80, 60)[3] == 255)
        let photographed = try model.picture(in: camera, colours: .photos, samples: 1)
        #expect((0..<120).allSatisfy { photographed.pixel(80, $0)[3] == picture.pixel(80, $0)[3] })
        #expect(throws: Failure.self) { try model.picture(in: camera, samples: 9) }
    }

    @Test func `the same input gives the same bits`() throws {
        let (first, second) = (try Self.model(ring: 4).glb(), try Self.model(ring: 4).glb())
        #expect(first == second)
    }

    @Test func `photos of another size, no photos and no shape are refused`() throws {
        let photo = try SolidScene.ringPhotos(1)[0]
        let mesh = try SolidScene.block.mesh()
        let other = try TestPicture.plain(width: 40, height: 30, [1, 2, 3])
        let wrong = TexturePhoto(camera: photo.camera, silhouette: photo.silhouette, photo: other)
        #expect(throws: Failure.self) { try TexturedModel(mesh: mesh, photos: [photo, wrong]) }
        let coloured = TexturePhoto(
            camera: photo.camera, silhouette: photo.silhouette, photo: photo.photo, glass: photo.photo)
        #expect(throws: Failure.self) { try TexturedModel(mesh: mesh, photos: [coloured]) }
        #expect(throws: Failure.self) { try TexturedModel(mesh: mesh, photos: []) }
        #expect(throws: Failure.self) {
            try TexturedModel(mesh: Mesh(vertices: [], triangles: []), photos: [photo])
        }
        var tiny = TextureOptions()
        tiny.side = 3
        #expect(throws: Failure.self) { try TexturedModel(mesh: mesh, photos: [photo], options: tiny) }
    }

    @Test func `photos that look elsewhere leave a plain model`() throws {
        let photo = try SolidScene.ringPhotos(1)[0]
        let away = try SolidScene.camera(from: [0, 1, 3], to: [0, 1, 9])
        let model = try TexturedModel(
            mesh: SolidScene.block.mesh(),
            photos: [TexturePhoto(camera: away, silhouette: photo.silhouette, photo: photo.photo)],
            options: Self.options())
        #expect(model.coverage.seen == 0 && model.coverage.unseen > 4)
        #expect(try Self.colour(model, side: 0).max() < 60)
    }

    @Test func `cancelling stops it`() throws {
        let cancel = CancelFlag()
        cancel.raise()
        let photos = try SolidScene.ringPhotos(1)
        let failure = #expect(throws: Failure.self) {
            try TexturedModel(mesh: SolidScene.block.mesh(), photos: photos, cancel: cancel)
        }
        #expect(failure?.code == .cancelled)
    }
}
