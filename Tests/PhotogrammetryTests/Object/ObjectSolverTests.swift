import Imaging
import Photogrammetry
import Pipeline
import TestKit
import Testing

/// What photos are refused for, and what a grade says; the solver as a whole.
@Suite("Objects") struct ObjectSolverTests {
    /// Boxes that stand like a van.
    static let van: [[SIMD3<Double>]] =
        [
            block([-0.95, 0.95], [0.3, 1.2], [-2.5, 2.5]), block([-0.9, 0.9], [1.1, 2.1], [-2.4, 1.3]),
        ]
        + [-0.83, 0.83].flatMap { side in
            [-1.55, 1.65].map { block([side - 0.12, side + 0.12], [0, 0.7], [$0 - 0.35, $0 + 0.35]) }
        }

    /// A door on the car's left that is 65 degrees open, hinged at its front.
    static let door: [SIMD3<Double>] = [(0.86, 0.72), (1.70, 0.34), (1.68, 0.28), (0.86, 0.66)].flatMap { x, z in
        [SIMD3(x, 0.35, z), SIMD3(x, 1.15, z)]
    }

    private static func block(_ across: [Double], _ up: [Double], _ along: [Double]) -> [SIMD3<Double>] {
        across.flatMap { x in up.flatMap { y in along.map { z in SIMD3(x, y, z) } } }
    }

    /// An alpha with solids filled in.
    private func adding(_ solids: [[SIMD3<Double>]], to alpha: Bitmap, by camera: Camera) throws -> Bitmap {
        try solids.reduce(alpha) { try RingTests.adding($1.compactMap(camera.pixel), to: $0) }
    }

    /// Views of a fixture's ring, in its order.
    private func views(of ring: FixtureRing) throws -> [ObjectView] {
        try zip(ring.alphas, ring.truth).enumerated().map { index, view in
            let (alpha, optics) = (view.0, view.1.intrinsics)
            let grey = try TestPicture.plain(width: optics.width, height: optics.height, [120, 120, 120])
            return ObjectView(
                name: "photo-\(index + 1)", photo: grey, alpha: alpha,
                prior: FocalPrior(focal: optics.focal, sigma: 0.05, source: .film))
        }
    }

    private func refusal(of views: [ObjectView]) throws -> Failure? {
        let options = ObjectOptions(places: Array(views.indices), walk: views.count)
        do { _ = try ObjectSolver(options: options).model(of: views) } catch { return error }
        return nil
    }

    @Test func `photos of two cars in turn contradict each other`() throws {
        var ring = try FixtureRing(everyOf24: 3)
        for index in stride(from: 1, to: 8, by: 2) {
            let blank = try TestPicture.plain(width: ring.alphas[0].width, height: ring.alphas[0].height, [0])
            ring.alphas[index] = try adding(Self.van, to: blank, by: ring.truth[index])
        }
        let failure = try refusal(of: views(of: ring))
        #expect(failure?.code == .viewsContradict)
        #expect(failure?.hint?.contains("the same car") == true)
    }

    @Test func `four photos of half a walk are refused`() throws {
        let ring = try FixtureRing(everyOf24: 3).ordered([0, 1, 2, 3])
        let failure = try refusal(of: views(of: ring))
        #expect([.viewsContradict, .viewsAlike].contains(failure?.code))
        #expect(failure?.hint != nil)
    }

    @Test func `photos of a car from one place show one side`() throws {
        let ring = try FixtureRing(everyOf24: 3)
        let failure = try refusal(of: Array(repeating: views(of: ring)[1], count: 8))
        #expect(failure?.code == .viewsAlike)
    }

    @Test func `two photos that changed places are put right`() throws {
        let ring = try FixtureRing(everyOf24: 3).ordered([0, 1, 2, 4, 3, 5, 6, 7])
        var options = ObjectOptions(places: Array(0..<8), walk: 8)
        options.triangles = 2_000
        let made = try ObjectSolver(options: options).model(of: views(of: ring))
        let errors = ring.errors(of: made.cameras)
        #expect(errors.distance < 1 && errors.turn < 1 && errors.azimuth < 3, "\(errors)")
        #expect(made.verdict.grade == .a && made.isSymmetric)
    }

    @Test func `a door that is open on all photos is spoken of`() throws {
        var ring = try FixtureRing(everyOf24: 3)
        ring.alphas = try zip(ring.alphas, ring.truth).map { try adding([Self.door], to: $0, by: $1) }
        var options = ObjectOptions(places: Array(0..<8), walk: 8)
        options.triangles = 2_000
        let made = try ObjectSolver(options: options).model(of: views(of: ring))
        #expect(!made.isSymmetric && made.verdict.grade > .a)
        #expect(made.verdict.reason.contains("a door may be open"), "\(made.verdict.reason)")
        let errors = ring.errors(of: made.cameras)
        #expect(errors.distance < 1 && errors.turn < 1, "\(errors)")
    }
}
