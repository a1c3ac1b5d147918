import Foundation
import Photogrammetry
import Pipeline
import Testing

@Suite("Two views")
struct TwoViewTests {
    private static let optics = Intrinsics(
        width: 1200, height: 900, focal: 1000, principal: [600, 440], k1: -0.05, k2: 0.01)
    private static let turn = Rotation(about: [0.2, 1, 0.1], by: 0.3)
    private static let second = Pose(rotation: turn, centre: [1.2, 0.1, 0.1])

    /// Places of points in both views, with noise, and some that are matched wrongly.
    private func places(
        second: Pose = Self.second, wrong: Double = 0, count: Int = 300, depth: (inout SplitMix) -> Double
    ) -> (first: [SIMD2<Double>], second: [SIMD2<Double>]) {
        var random = SplitMix(seed: 11)
        let cameras = (
            Camera(intrinsics: Self.optics, pose: Pose(rotation: .identity, translation: .zero)),
            Camera(intrinsics: Self.optics, pose: second)
        )
        var (first, other) = ([SIMD2<Double>](), [SIMD2<Double>]())
        while first.count < count {
            let z = depth(&random)
            let point = SIMD3(random.between(-0.5, 0.6) * z, random.between(-0.4, 0.4) * z, z)
            guard let one = cameras.0.pixel(of: point), var two = cameras.1.pixel(of: point) else { continue }
            if random.unit() < wrong { two = [random.between(0, 1200), random.between(0, 900)] }
            let noise = { (random: inout SplitMix) in SIMD2(random.normal(0.4), random.normal(0.4)) }
            first.append(one + noise(&random))
            other.append(two + noise(&random))
        }
        return (first, other)
    }

    private func geometry(
        _ places: (first: [SIMD2<Double>], second: [SIMD2<Double>]), cancel: CancelFlag? = nil
    ) throws -> TwoViewGeometry {
        try TwoViewGeometry(
            first: places.first, second: places.second, optics: (Self.optics, Self.optics), cancel: cancel)
    }

    @Test(arguments: [0.0, 0.3, 0.5])
    func `points in depth tell rotation and direction`(wrong: Double) throws {
        let found = try geometry(places(wrong: wrong) { $0.between(4, 9) })
        #expect(found.kind == .general)
        #expect((found.pose.rotation * Self.turn.inverse).angle < 0.4 * .pi / 180)
        let direction = Self.second.translation / (Self.second.translation * Self.second.translation).sum().squareRoot()
        #expect((found.pose.translation - direction).size < 0.03)
        #expect(Double(found.agreeing.count) > 0.9 * (1 - wrong) * 300)
        #expect(found.angle > 0.05 && found.angle < 0.6)
    }

    @Test func `a wall is told from depth`() throws {
        #expect(try geometry(places { _ in 5 }).kind == .planar)
    }

    @Test func `a turn on the spot is no base`() throws {
        let still = Pose(rotation: Self.turn, centre: .zero)
        let found = try geometry(places(second: still) { $0.between(2, 9) })
        #expect(found.kind == .rotation)
        #expect((found.pose.rotation * Self.turn.inverse).angle < 0.1 * .pi / 180)
        #expect(found.pose.translation == .zero)
    }

    @Test func `equal photos are a turn by nothing`() throws {
        let seen = places { $0.between(2, 9) }.first
        let found = try geometry((seen, seen))
        #expect(found.kind == .rotation)
        #expect(found.pose.rotation.angle < 1e-6)
    }

    @Test func `chance is no geometry`() throws {
        var random = SplitMix(seed: 3)
        let scatter = { (random: inout SplitMix) in
            (0..<60).map { _ in SIMD2(random.between(0, 1200), random.between(0, 900)) }
        }
        let found = try TwoViewGeometry(
            first: scatter(&random), second: scatter(&random), optics: (Self.optics, Self.optics), least: 30)
        #expect(found.kind == .none)
        #expect(found.agreeing.isEmpty)
    }

    @Test func `too few matches are none`() throws {
        #expect(try geometry((Array(places { _ in 5 }.first.prefix(7)), [])).kind == .none)
        #expect(try geometry(([], [])).kind == .none)
    }

    @Test func `the same matches give the same pose`() throws {
        let matched = places(wrong: 0.4) { $0.between(4, 9) }
        let (one, two) = (try geometry(matched), try geometry(matched))
        #expect(one.pose == two.pose && one.agreeing == two.agreeing)
    }

    @Test func `a raised flag stops it`() {
        let cancel = CancelFlag()
        cancel.raise()
        #expect(throws: Failure.self) { try geometry(places { $0.between(4, 9) }, cancel: cancel) }
    }
}

extension SIMD3<Double> {
    var size: Double { (self * self).sum().squareRoot() }
}
