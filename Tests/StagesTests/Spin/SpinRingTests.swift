import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@testable import Stages

struct SpinRingTests {
    @Test func `orders by photo number, also past nine and with a slash`() throws {
        let slots = ["photo-10", "photo-2/cutout", "photo-1"] + (3...9).map { "photo-\($0)" }
        let ring = try SpinRing(slots: slots, options: SpinOptions())
        #expect(ring.seats.map { slots[$0.input] }.prefix(3) == ["photo-1", "photo-2/cutout", "photo-3"])
        #expect(ring.seats.last?.input == 0)
        #expect(ring.seats.map(\.azimuth) == (0..<10).map { Double($0) * 36 })
        #expect(!ring.fromSlots)
    }

    @Test func `leaves the place of a missing photo empty`() throws {
        var options = SpinOptions()
        options.steps = 8
        let ring = try SpinRing(slots: ["photo-1", "photo-2", "photo-4"], options: options)
        #expect(ring.seats.map(\.azimuth) == [0, 45, 135])
    }

    @Test func `takes view names as azimuths`() throws {
        let slots = ["rear", "front", "left", "front-right"]
        let ring = try SpinRing(slots: slots, options: SpinOptions())
        #expect(ring.seats.map { slots[$0.input] } == ["front", "left", "rear", "front-right"])
        #expect(ring.seats.map(\.azimuth) == [0, 90, 180, 315])
        #expect(ring.fromSlots)
    }

    @Test func `goes by the option order when it is given`() throws {
        var options = SpinOptions()
        options.order = ["b", "a"]
        let ring = try SpinRing(slots: ["a", "b"], options: options)
        #expect(ring.seats.map(\.input) == [1, 0])
        #expect(ring.seats.map(\.azimuth) == [0, 180])
    }

    @Test(arguments: [["a", "c"], ["a", "a"]]) func `refuses an order that names what is not there`(order: [String]) {
        var options = SpinOptions()
        options.order = order
        #expect { try SpinRing(slots: ["a", "b"], options: options) } throws: {
            ($0 as? Failure)?.code == .invalidOptions
        }
    }

    @Test func `keeps unknown slots in the order given`() throws {
        let ring = try SpinRing(slots: ["z", "photo-0", "a"], options: SpinOptions())
        #expect(ring.seats.map(\.input) == [0, 1, 2])
    }

    // The way round, from synthetic silhouettes: wide sides, narrow ends, and a nearer end that stands lower.

    @Test(arguments: [1, -1]) func `reads the way round from tilted wheel lines`(way: Int) throws {
        let views = try (0..<8).map { try silhouette(degrees: Double(way * $0 * 45)) }
        let sense = SpinSense(views, azimuths: (0..<8).map { Double($0) * 45 })
        #expect(sense.direction == (way == 1 ? .left : .right))
        #expect(sense.beginsAtAnEnd)
    }

    @Test func `sees that a walk began at the side`() throws {
        let views = try (0..<12).map { try silhouette(degrees: 90 + Double($0 * 30)) }
        let sense = SpinSense(views, azimuths: (0..<12).map { Double($0) * 30 })
        #expect(!sense.beginsAtAnEnd)
        #expect(sense.direction == .left)
    }

    @Test func `claims nothing from few or equal views`() throws {
        let side = try silhouette(degrees: 90)
        for count in [1, 5, 8] {
            let sense = SpinSense(
                Array(repeating: side, count: count), azimuths: (0..<count).map { Double($0) * 360 / Double(count) })
            #expect(sense.direction == nil && sense.beginsAtAnEnd)
        }
    }

    @Test func `names views on both walks`() {
        #expect(
            [0.0, 44, 90, 200, 359].map { ViewName(azimuth: $0, direction: .left) }
                == [.front, .frontLeft, .left, .rear, .front])
        #expect(ViewName(azimuth: 45, direction: .right) == .frontRight)
    }

    @Test func `grades by the widest step and says what is lost`() {
        func grade(_ count: Int, cropped: Int = 0, skipped: Int = 0) -> SpinGrade {
            SpinGrade(
                azimuths: (0..<count).map { Double($0) * 360 / Double(count) }, cropped: cropped, skipped: skipped)
        }
        #expect([36, 12, 8, 5, 1].map { grade($0).letter } == ["A", "B", "C", "D", "D"])
        #expect(grade(8).lost.isEmpty && grade(5).lost[0].contains("72 degrees"))
        #expect(grade(1).reason.contains("nothing turns"))
        #expect(grade(24, cropped: 8).letter == "B" && grade(24, cropped: 1).letter == "A")
        #expect(grade(7, skipped: 1).lost.count == 2)
        #expect(SpinGrade(azimuths: (0..<8).map { Double($0) * 30 }, cropped: 0, skipped: 0).lost[0].contains("gap"))
    }

    /// The fixture's walk in a few numbers: seen from the front at 0 degrees, from the car's left at 90.
    private func silhouette(degrees: Double) throws -> ObjectGeometry {
        let turn = degrees * .pi / 180
        var car = TestPicture.Car()
        let half = Int(50 + 60 * abs(sin(turn)))
        car.body = (left: 160 - half, top: 90, right: 159 + half, bottom: 170)
        // On the left side and past it the end at the right comes near, so its wheel stands lower.
        let tilt = Int(-24 * sin(2 * turn))
        car.wheels = [(x: 160 - half + 30, bottom: 186 - tilt / 2), (x: 160 + half - 30, bottom: 186 + tilt / 2)]
        return try ObjectGeometry(alpha: TestPicture.car(car))
    }
}
