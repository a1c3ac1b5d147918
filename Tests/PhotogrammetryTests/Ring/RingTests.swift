import Foundation
import Imaging
import Photogrammetry
import Pipeline
import Testing

@Suite("Rings")
struct RingTests {
    @Test func `finds our car's cameras, a focal length 15 percent wrong, with the same bits twice`() throws {
        let fixture = try FixtureRing(everyOf24: 0)
        let ring = try Ring(of: fixture.views(focalFactor: 1.15))
        let errors = fixture.errors(of: ring.cameras)
        #expect(errors.distance < 0.6 && errors.turn < 0.5, "\(errors)")
        #expect(errors.azimuth < 1.5)  // the front is found, and which way the ring goes
        #expect(abs(ring.cameras[0].intrinsics.focal / fixture.truth[0].intrinsics.focal - 1) < 0.02)
        #expect(
            ring.isMirrored && ring.isSymmetric && ring.cost < 0.2 && ring.distinctness > 5 && ring.explained > 0.995)
        #expect(ring.shortfalls.count == 8 && ring.shortfalls.allSatisfy { $0 < 0.3 })
        #expect(ring.facing > 0.05 && ring.alikePairs == 0)
        // Car's proportions: longer than wide and high, on the ground.
        let size = ring.high - ring.low
        #expect(size.z > 1.8 * size.x && size.z > 2 * size.y && abs(ring.low.y) < 1e-9)
        #expect(abs(ring.low.x + ring.high.x) < 0.02 * size.x)
        #expect(try Ring(of: fixture.views(focalFactor: 1.15)) == ring)
    }

    @Test func `finds the order of shuffled views, and works with 6`() throws {
        let fixture = try FixtureRing(everyOf24: 4).ordered([3, 0, 5, 2, 4, 1])
        let ring = try Ring(of: fixture.views(), options: RingOptions(isOrdered: false))
        let errors = fixture.errors(of: ring.cameras)
        #expect(errors.distance < 1.5 && errors.turn < 1.5 && errors.azimuth < 3, "\(errors)")
    }

    @Test(arguments: [(4, 8.0), (12, 0.6), (24, 0.6)])
    func `works with fewer photos than eight, and with more`(count: Int, bound: Double) throws {
        let fixture = try FixtureRing(everyOf24: 24 / count)
        let errors = fixture.errors(of: try Ring(of: fixture.views()).cameras)
        #expect(errors.distance < bound && errors.turn < bound && errors.azimuth < 2 * bound + 2, "\(errors)")
    }

    @Test func `goes round either way, with a photo missing and views that come in no order but with their places`()
        throws
    {
        let fixture = try FixtureRing(everyOf24: 3)
        let kept = [6, 1, 0, 7, 3, 4, 2]
        let views = try fixture.ordered(kept).views().enumerated().map {
            RingView(silhouette: $1.silhouette, intrinsics: $1.intrinsics, place: (8 - kept[$0]) % 8)
        }
        let ring = try Ring(of: views, options: RingOptions(places: 8, radius: 5))
        let errors = fixture.ordered(kept).errors(of: ring.cameras)
        #expect(errors.distance < 1 && errors.turn < 1 && errors.azimuth < 3, "\(errors)")
        let mean = ring.cameras.map { hypot($0.pose.centre.x, $0.pose.centre.z) }.reduce(0, +) / 7
        #expect(abs(mean - 5) < 0.3)
    }

    @Test func `bears outlines that are wrong by two pixels in 1600`() throws {
        var fixture = try FixtureRing(everyOf24: 0)
        fixture.alphas = try fixture.alphas.enumerated().map { try Self.shaken($1, by: 0.5, seed: $0) }
        let ring = try Ring(of: fixture.views())
        let errors = fixture.errors(of: ring.cameras)
        #expect(errors.distance < 2 && errors.turn < 2, "\(errors)")
    }

    @Test func `takes outlines that the pictures' borders cut for what they are`() throws {
        var fixture = try FixtureRing(everyOf24: 0)
        // The side views lose a twentieth of the car at one end.
        for (view, side) in [(2, 0), (6, 1)] {
            let alpha = fixture.alphas[view]
            let box = try #require(try alpha.bounds())
            let (width, height) = (alpha.width, alpha.height)
            let lost = box.width / 20
            let left = side == 0 ? box.x + lost : 0
            let kept = side == 0 ? width - left : box.x + box.width - lost
            fixture.alphas[view] = try alpha.cropped(x: left, y: 0, width: kept, height: height)
            let optics = fixture.truth[view].intrinsics
            fixture.truth[view].intrinsics = Intrinsics(
                width: kept, height: height, focal: optics.focal, principal: optics.principal - [Double(left), 0])
        }
        let ring = try Ring(of: fixture.views())
        let errors = fixture.errors(of: ring.cameras)
        #expect(errors.distance < 1 && errors.turn < 1, "\(errors)")
    }

    @Test func `takes matches that agree with the outlines, and none that do not`() throws {
        let fixture = try FixtureRing(everyOf24: 4)
        let matches = Self.matches(of: fixture.truth)
        let ring = try Ring(of: fixture.views(), matches: matches)
        #expect(ring.matchesUsed > matches.count / 2)
        let errors = fixture.errors(of: ring.cameras)
        #expect(errors.distance < 0.6 && errors.turn < 0.6, "\(errors)")
        let wrong = matches.map {
            RingMatch(
                first: $0.first, second: $0.second, placeInFirst: $0.placeInFirst,
                placeInSecond: $0.placeInSecond + [0, 90])
        }
        #expect(try Ring(of: fixture.views(), matches: wrong).matchesUsed < wrong.count / 20)
    }

    @Test func `makes up for wrong outlines by matches, with photos and with mirrored ones`() throws {
        var fixture = try FixtureRing(everyOf24: 0)
        fixture.alphas = try fixture.alphas.enumerated().map { try Self.shaken($1, by: 0.8, seed: $0) }
        let alone = try Ring(of: fixture.views())
        var told = 0
        let joined = try Ring(of: fixture.views()) { first throws(Failure) in
            told += first == alone ? 1 : 0
            return Self.matches(of: fixture.truth) + Self.mirroredMatches(of: fixture.truth)
        }
        #expect(told == 1 && alone.matchesUsed == 0 && joined.matchesUsed > 300)
        let (before, after) = (fixture.errors(of: alone.cameras), fixture.errors(of: joined.cameras))
        #expect(after.distance < 0.6 * before.distance && after.turn < 0.6 * before.turn, "\(before) \(after)")
        #expect(after.distance < 0.6 && after.turn < 0.5, "\(after)")
    }

    @Test func `lets matches go when there is nothing to join`() throws {
        let fixture = try FixtureRing(everyOf24: 6)
        let alone = try Ring(of: fixture.views())
        #expect(try Ring(of: fixture.views()) { _ throws(Failure) in [] } == alone)
        let failure = #expect(throws: Failure.self) {
            try Ring(of: fixture.views()) { _ throws(Failure) in throw Failure(.cancelled, "Stopped.") }
        }
        #expect(failure?.code == .cancelled)
    }

    @Test func `sees that a load on one side has no mirror image`() throws {
        var fixture = try FixtureRing(everyOf24: 3)
        // A box beside the car, 0.8 m out of its left flank.
        let block = (0..<8).map { SIMD3($0 & 1 == 0 ? 0.8 : 1.7, $0 & 2 == 0 ? 0.3 : 1.1, $0 & 4 == 0 ? -0.2 : 0.2) }
        fixture.alphas = try zip(fixture.alphas, fixture.truth).map { alpha, camera in
            try Self.adding(block.compactMap(camera.pixel), to: alpha)
        }
        let ring = try Ring(of: fixture.views())
        #expect(!ring.isSymmetric && ring.costUnmirrored < 0.2)
        let errors = fixture.errors(of: ring.cameras)
        #expect(errors.distance < 3 && errors.turn < 3, "\(errors)")
    }

    @Test func `says that eight equal photos are one view`() throws {
        let fixture = try FixtureRing(everyOf24: 4)
        let view = try fixture.views()[1]
        let ring = try Ring(of: Array(repeating: view, count: 6))
        #expect(ring.alikePairs == 15)
        for camera in ring.cameras {
            #expect(camera.pose.translation.x.isFinite && camera.intrinsics.focal.isFinite)
        }
    }

    @Test func `refuses too few views, empty ones and nonsense`() throws {
        let views = try FixtureRing(everyOf24: 6).views()
        let empty = try Bitmap(pixels: [UInt8](repeating: 0, count: 64 * 48), width: 64, height: 48, channels: 1)
        let blank = RingView(
            silhouette: try Silhouette(alpha: empty), intrinsics: Intrinsics(width: 64, height: 48, focal: 60))
        for wrong in [[], [views[0]], Array(views.prefix(3)), views + [blank], Array(repeating: blank, count: 8)] {
            let failure = #expect(throws: Failure.self) { try Ring(of: wrong) }
            #expect(failure?.code == .noUsableViews)
        }
        for options in [
            RingOptions(places: 3), RingOptions(focalSigma: -1), RingOptions(radius: 0), RingOptions(radius: .nan),
        ] {
            #expect(throws: Failure.self) { try Ring(of: views, options: options) }
        }
        let doubled = views.map { RingView(silhouette: $0.silhouette, intrinsics: $0.intrinsics, place: 1) }
        #expect(throws: Failure.self) { try Ring(of: doubled) }
        let nowhere = RingMatch(first: 0, second: 9, placeInFirst: [0, 0], placeInSecond: [0, 0])
        #expect(throws: Failure.self) { try Ring(of: views, matches: [nowhere]) }
    }

    @Test func `stops when told to`() throws {
        let cancel = CancelFlag()
        cancel.raise()
        let views = try FixtureRing(everyOf24: 6).views()
        let failure = #expect(throws: Failure.self) { try Ring(of: views, cancel: cancel) }
        #expect(failure?.code == .cancelled)
    }

    /// The alpha with its outline moved in and out by a smooth pattern of that many pixels RMS.
    static func shaken(_ alpha: Bitmap, by pixels: Double, seed: Int) throws -> Bitmap {
        let silhouette = try Silhouette(alpha: alpha, longestSide: 400)
        let (width, height) = (alpha.width, alpha.height)
        let phase = Double(seed) * 1.7
        var moved = [UInt8](repeating: 0, count: width * height)
        for row in 0..<height {
            for column in 0..<width {
                let (x, y) = (Double(column), Double(row))
                let wave = sin(0.9 * x + phase) + sin(0.8 * y + 2 * phase) + sin(0.55 * (x + y) + 3 * phase)
                let away = (silhouette.distance(x: x, y: y) ?? 0) + wave * pixels / (1.5).squareRoot()
                moved[row * width + column] = UInt8(min(max(away + 0.5, 0), 1) * 255)
            }
        }
        return try Bitmap(pixels: moved, width: width, height: height, channels: 1)
    }

    /// The alpha with the hull of some places filled.
    static func adding(_ places: [SIMD2<Double>], to alpha: Bitmap) throws -> Bitmap {
        let (width, height) = (alpha.width, alpha.height)
        var pixels = alpha.withPixels(Array.init)
        for row in 0..<height {
            // The hull's row: where the lines between any two places cross it.
            var (from, to) = (Double(width), -1.0)
            for a in places {
                for b in places where (a.y - Double(row)) * (b.y - Double(row)) <= 0 && a.y != b.y {
                    let x = a.x + (Double(row) - a.y) / (b.y - a.y) * (b.x - a.x)
                    (from, to) = (min(from, x), max(to, x))
                }
            }
            for column in stride(from: max(0, from.rounded(.up)), through: min(Double(width - 1), to), by: 1) {
                pixels[row * width + Int(column)] = 255
            }
        }
        return try Bitmap(pixels: pixels, width: width, height: height, channels: 1)
    }

    /// Spots that one photo shows, and whose mirror images one from the other side shows, or the same one.
    static func mirroredMatches(of cameras: [Camera]) -> [RingMatch] {
        var matches: [RingMatch] = []
        for first in cameras.indices {
            let second = (cameras.count - first) % cameras.count
            for number in 0..<30 where first <= second {
                let share = Double(number) / 30
                let spot = SIMD3(0.8 * cos(29 * share), 0.2 + 1.1 * share, 2 * sin(31 * share + Double(first)))
                guard let here = cameras[first].pixel(of: spot),
                    let there = cameras[second].pixel(of: SIMD3(-spot.x, spot.y, spot.z))
                else { continue }
                let slip = SIMD2(0.2 * sin(83 * share), 0.2 * cos(91 * share))
                matches.append(
                    RingMatch(
                        first: first, second: second, isMirrored: true, placeInFirst: here,
                        placeInSecond: there + slip))
            }
        }
        return matches
    }

    /// Spots of a car-sized block as neighbours see them, a tenth of them wrong.
    static func matches(of cameras: [Camera]) -> [RingMatch] {
        var matches: [RingMatch] = []
        for first in cameras.indices {
            let second = (first + 1) % cameras.count
            for number in 0..<40 {
                let share = Double(number) / 40
                let spot = SIMD3(
                    0.8 * cos(37 * share), 0.2 + 1.1 * share, 2 * sin(23 * share + Double(first)))
                guard let here = cameras[first].pixel(of: spot), let there = cameras[second].pixel(of: spot) else {
                    continue
                }
                let slip: SIMD2<Double> = number % 10 == 0 ? [0, 40] : [0.2 * sin(91 * share), 0.2 * cos(83 * share)]
                matches.append(
                    RingMatch(first: first, second: second, placeInFirst: here, placeInSecond: there + slip))
            }
        }
        return matches
    }
}
