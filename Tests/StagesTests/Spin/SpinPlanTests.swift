import Imaging
import Pipeline
import TestKit
import Testing

@testable import Stages

struct SpinPlanTests {
    let canvas = CanvasSize(width: 640, height: 400)

    @Test func `makes all bodies equally high on one wheel line`() throws {
        let measures = try [1.0, 0.7, 1.3, 0.9].map { try measure(scale: $0) }
        let plan = planned(measures, even: true)
        for (measure, frame) in zip(measures, plan.frames) {
            let body = measure.geometry
            #expect(abs(frame.placement.scale * body.bodyHeight - plan.bodyHeight) < 1e-6)
            let foot = frame.placement.onCanvas(PicturePoint(x: body.centre, y: body.wheelLine))
            #expect(abs(foot.y - (0.82 * 400 - 0.5)) < 1e-6)
            #expect(abs(foot.x - 319.5) < 1e-6)
        }
    }

    @Test func `lets the widest whole view decide the size`() throws {
        let plan = planned(try [measure(), measure(wide: 280), measure(wide: 120)], even: false)
        let wide = try measure(wide: 280).geometry
        #expect(abs(plan.bodyHeight / wide.bodyHeight * Double(wide.box.width) - 0.86 * 640) < 1)
    }

    @Test func `gives a car that is cut off below its neighbours' scale`() throws {
        var measures = try (0..<5).map { _ in try measure() }
        var cut = TestPicture.Car()
        cut.body.bottom = 239
        measures[2].geometry = try ObjectGeometry(alpha: TestPicture.car(cut))
        let plan = planned(measures, even: false)
        #expect(abs(plan.frames[2].placement.scale - plan.frames[1].placement.scale) < 1e-9)
        #expect(plan.frames[2].notes.contains("cropped-bottom"))
        #expect(plan.frames[2].quality <= 0.5)
    }

    @Test func `corrects a matte that lost its wheels in a dense ring`() throws {
        var measures = try (0..<12).map { _ in try measure() }
        let whole = planned(measures, even: false).frames[4].placement.scale
        var wheelless = TestPicture.Car()
        wheelless.wheels = []
        measures[4].geometry = try ObjectGeometry(alpha: TestPicture.car(wheelless))
        let frame = planned(measures, even: false).frames[4]
        #expect(abs(frame.placement.scale / whole - 1) < 0.01)
        #expect(frame.notes.contains("scale-limited"))
    }

    @Test func `keeps a wild scale within bounds`() throws {
        var measures = try (0..<4).map { _ in try measure() }
        measures[1].geometry = try ObjectGeometry(
            alpha: TestPicture.plain(width: 320, height: 240, [0, 0, 0, 0]).pasting(
                TestPicture.plain(width: 30, height: 12, [9, 9, 9, 255]), x: 100, y: 100))
        let plan = planned(measures, even: false)
        #expect(plan.frames[1].placement.scale <= plan.frames[0].placement.scale * 1.81)
        #expect(plan.frames[1].notes.contains("scale-limited"))
    }

    @Test func `moves exposures a limited part of the way to the median`() throws {
        let measures = try [0.02, 0.1, 0.12, 0.14, 0.7].map { try measure(luminance: $0) }
        let gains = planned(measures, even: true).frames.map(\.placement.toneGain)
        #expect(gains[0] == 1.4 && gains[4] == 1 / 1.4)
        #expect(gains[1] > 1 && gains[1] < 1.2 && gains[2] == 1 && gains[3] < 1)
        let untouched = planned(measures, even: false).frames.map(\.placement.toneGain)
        #expect(untouched == [1, 1, 1, 1, 1])
    }

    @Test func `says when a photo is enlarged`() throws {
        let small = try planned([measure(scale: 0.4)], even: false).frames[0]
        #expect(small.notes == ["enlarged"])
        #expect(small.quality < 0.6)
    }

    private func planned(_ measures: [SpinMeasure], even: Bool) -> SpinPlan {
        var options = SpinOptions()
        options.evenExposure = even
        return SpinPlan(measures, canvas: canvas, options: options)
    }

    private static func tone(_ luminance: Double) -> ToneMeasure {
        let none = ToneMeasure.Cast(red: 0, blue: 0, weight: 0)
        return ToneMeasure(luminance: luminance, highlight: 0.6, dark: none, light: none)
    }

    private func measure(scale: Double = 1, wide: Int = 200, luminance: Double = 0.1) throws -> SpinMeasure {
        var car = TestPicture.Car()
        car.body = (left: 160 - wide / 2, top: 90, right: 159 + wide / 2, bottom: 170)
        var picture = try TestPicture.car(car)
        if scale != 1 {
            picture = try picture.resized(width: Int(320 * scale), height: Int(240 * scale), filter: .area)
        }
        return SpinMeasure(geometry: try ObjectGeometry(alpha: picture), tone: Self.tone(luminance))
    }
}
