import Imaging
import Pipeline
import TestKit
import Testing

@testable import Photogrammetry

/// Discs at a block's flanks, 0.4 apart from its middle, seen by a ring of cameras.
@Suite struct WheelSetTests {
    private static let face = 0.4, radius = 0.13, front = 0.5, rear = -0.62

    private static let block: Mesh? = try? Mesh(
        vertices: (0..<26).flatMap { step -> [SIMD3<Float>] in
            [-0.42, 0.42].flatMap { x in [Float(-0.9), 0.9].map { [x, Float(step) * 0.024, $0] } }
        }, triangles: [[0, 1, 2]])

    /// Where a camera sees the wheels on its own side of the car, each pixel asked where it meets the flank.
    private static func mask(
        _ camera: Camera, axles: [Double] = [front, rear], radius: Double = radius, size: (Int, Int) = (160, 120)
    ) throws -> Bitmap {
        let optics = camera.intrinsics.scaled(toWidth: size.0, height: size.1)
        let (centre, back) = (camera.pose.centre, camera.pose.rotation.inverse)
        let flank = centre.x < 0 ? -face : face
        return try TestPicture.make(width: size.0, height: size.1, channels: 1) { x, y, pixel in
            let way = back * optics.direction(of: [Double(x), Double(y)])
            let depth = (flank - centre.x) / way.x
            let place = centre + depth * way
            let isWheel = axles.contains { axle in
                let (up, along) = (place.y - radius, place.z - axle)
                return depth > 0 && abs(centre.x) > face && up * up + along * along < radius * radius
            }
            pixel[0] = isWheel ? 255 : 0
        }
    }

    private static func found(
        _ cameras: [Camera], _ mask: (Camera) throws -> Bitmap = { try WheelSetTests.mask($0) }
    ) throws -> WheelSet? {
        try WheelSet(on: #require(block), from: cameras.map { ($0, try mask($0)) })
    }

    @Test func `wheels stand where they are drawn`() throws {
        let set = try #require(try Self.found(SolidScene.ring(8, first: 0.1)))
        #expect(abs(set.wheelbase - 1.12) < 0.01 && set.error < 0.02, "\(set)")
        #expect(set.wheels.count == 4)
        for (wheel, place) in zip(set.wheels, [SIMD3(0.4, 0.13, 0.5), [-0.4, 0.13, 0.5], [0.4, 0.13, -0.62]]) {
            let off = wheel.axle - place
            #expect((off * off).sum().squareRoot() < 0.02 && abs(wheel.radius - 0.13) < 0.01, "\(wheel)")
        }
    }

    @Test func `smaller masks say the same`() throws {
        let set = try Self.found(SolidScene.ring(8, first: 0.1)) { try Self.mask($0, size: (80, 60)) }
        #expect(try abs(#require(set).wheelbase - 1.12) < 0.02)
    }

    @Test func `one view that sees something else does not move them`() throws {
        let cameras = try SolidScene.ring(12, first: 0.1)
        let set = try Self.found(cameras) {
            try Self.mask($0, axles: $0 == cameras[3] ? [Self.front - 0.2, Self.rear] : [Self.front, Self.rear])
        }
        #expect(try abs(#require(set).wheelbase - 1.12) < 0.02)
    }

    @Test func `one axle, specks, whole flanks and nothing are no wheels`() throws {
        let ring = try SolidScene.ring(8, first: 0.1)
        #expect(try Self.found(ring) { try Self.mask($0, axles: [Self.front]) } == nil)
        #expect(try Self.found(ring) { try Self.mask($0, radius: 0.02) } == nil)
        #expect(try Self.found(ring) { _ in try TestPicture.plain(width: 160, height: 120, [255]) } == nil)
        #expect(try Self.found(ring) { _ in try TestPicture.plain(width: 160, height: 120, [0]) } == nil)
        #expect(try Self.found([]) == nil)
        #expect(try WheelSet(on: Mesh(vertices: [], triangles: []), from: []) == nil)
    }

    @Test func `colours are no mask, and cancelling stops it`() throws {
        let ring = try SolidScene.ring(2)
        #expect(throws: Failure.self) {
            try Self.found(ring) { _ in try TestPicture.plain(width: 160, height: 120, [1, 2, 3]) }
        }
        let cancel = CancelFlag()
        cancel.raise()
        let failure = #expect(throws: Failure.self) {
            try WheelSet(
                on: #require(Self.block), from: ring.map { ($0, try Self.mask($0)) }, cancel: cancel)
        }
        #expect(failure?.code == .cancelled)
    }
}
