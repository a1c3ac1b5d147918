import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

struct ToneTests {
    /// A car of paint on tyres, under light of a colour: gains of red and blue in linear light.
    private func car(paint: [Double], red: Double = 1, blue: Double = 1) throws(Failure) -> Bitmap {
        try TestPicture.make(width: 120, height: 80, channels: 4) { x, y, pixel in
            let grain = 0.9 + 0.2 * Double((x * 7 + y * 13) % 17) / 17
            let own = y < 50 ? paint : [0.03, 0.03, 0.03]
            let gains = [red, 1, blue]
            for channel in 0..<3 { pixel[channel] = encoded(own[channel] * gains[channel] * grain) }
            pixel[3] = 255
        }
    }

    private func encoded(_ light: Double) -> UInt8 {
        let code = light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
        return UInt8(min(255, max(0, (code * 255).rounded())))
    }

    private func balance(_ cars: [Bitmap]) throws(Failure) -> WhiteBalance {
        var measures: [ToneMeasure] = []
        for car in cars { measures.append(try ToneMeasure(car)) }
        return .neutral(measures)
    }

    @Test func `takes most of a cast of light off a grey car`() throws {
        let warm = try balance([car(paint: [0.4, 0.4, 0.4], red: 1.1, blue: 0.88)])
        #expect(warm.red < 0.97 && warm.blue > 1.06)
        #expect(abs(0.2126 * warm.red + 0.7152 * warm.green + 0.0722 * warm.blue - 1) < 0.01)
        let cold = try balance([car(paint: [0.7, 0.7, 0.7], red: 0.9, blue: 1.1)])
        #expect(cold.red > 1.03 && cold.blue < 0.97)
    }

    @Test(arguments: [[0.35, 0.02, 0.02], [0.42, 0.46, 0.53], [0.04, 0.08, 0.3], [0.5, 0.42, 0.05]])
    func `leaves paint its colour under white light`(paint: [Double]) throws {
        let found = try balance([car(paint: paint)])
        for gain in found.gains { #expect(abs(gain - 1) < 0.02, "\(found)") }
    }

    @Test func `never goes beyond its bounds and stands still without evidence`() throws {
        let wild = try balance([car(paint: [0.4, 0.4, 0.4], red: 1.45, blue: 0.65)])
        #expect(wild.gains.allSatisfy { WhiteBalance.bounds.contains($0) })
        #expect(WhiteBalance.neutral([]) == .none)
        #expect(try balance([TestPicture.plain(width: 8, height: 8, [9, 9, 9, 0])]) == .none)
    }

    @Test func `speaks for all photos of a set at once`() throws {
        let cars = try [1.0, 1.1, 1.2].map { try car(paint: [0.4, 0.4, 0.4], red: $0) }
        let set = try balance(cars)
        let singles = try cars.map { try balance([$0]).red }
        #expect(set.red > (singles.min() ?? 0) && set.red < (singles.max() ?? 0))
    }

    @Test func `lifts what is too dark, lowers what is too bright, and leaves white cars white`() throws {
        func gain(_ light: Double) throws -> Double { try ToneMeasure(car(paint: [light, light, light])).gain }
        #expect(try gain(0.2) > 1.15 && gain(0.2) <= 1.25)
        #expect(try gain(0.6) == 1 && gain(0.75) == 1 && gain(0.99) >= 0.93)
        #expect(try ToneMeasure(TestPicture.plain(width: 9, height: 9, [0, 0, 0, 255])).gain == 1)
    }

    @Test func `stops when cancelled and refuses a picture without alpha`() throws {
        let flag = CancelFlag()
        flag.raise()
        let grey = try car(paint: [0.4, 0.4, 0.4])
        #expect { try ToneMeasure(grey, cancel: flag) } throws: { ($0 as? Failure)?.code == .cancelled }
        let opaque = try grey.flattened()
        #expect { try ToneMeasure(opaque) } throws: { ($0 as? Failure)?.code == .internalError }
    }
}
