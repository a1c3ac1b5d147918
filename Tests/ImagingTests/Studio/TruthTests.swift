import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

/// The promise that a composite shows the car as it was photographed, and that a breach is seen.
@Suite struct `The truth guard` {
    private let canvas = CanvasSize(width: 800, height: 600)
    private let source = Truth.Source(sha256: "", width: 0, height: 0)

    @Test(arguments: 0..<8) func `finds only rounding in every composite of our own car`(view: Int) throws {
        let photo = try ImageFile.decode(Fixtures.carPhotos[view], as: .rgb)
        let cutout = try photo.cutOut(by: ImageFile.decode(Fixtures.carMasks[view], as: .grey))
        let uncut = try Truth(of: cutout, from: photo, source: source)
        #expect(uncut.maximumDeviation == 0 && uncut.holds && uncut.operations.isEmpty)
        let geometry = try ObjectGeometry(alpha: cutout).levelled(cutout)
        for (index, backdrop) in Backdrop.presets.enumerated() {
            var placement = Placement.lot(geometry, canvas: canvas, wheelLine: 0.8)
            placement.toneGain = [1, 0.8, 1.3, 1.1][index % 4]
            placement.whiteBalance = index % 2 == 0 ? .none : WhiteBalance(red: 0.9, green: 1, blue: 1.12)
            let composite = try Studio.compose(
                cutout: cutout, in: .painted(backdrop, canvas: canvas), placement: placement)
            let truth = try Truth(of: composite, placed: placement, from: photo, alpha: cutout, source: source)
            #expect(truth.holds, "\(backdrop.name): \(truth.maximumDeviation)")
            #expect(truth.meanDeviation < 0.3)
            #expect(truth.pixels > 20_000)
            #expect(truth.flag(slot: "front") == nil)
        }
    }

    @Test(arguments: [0.21, 0.34, 0.5, 0.77, 1, 1.6], [0, 0.03])
    func `holds at any scale and roll`(scale: Double, roll: Double) throws {
        let (photo, cutout) = try scene()
        let placement = still(scale: scale, roll: roll)
        let truth = try Truth(
            of: composite(cutout, placement), placed: placement, from: photo, alpha: cutout, source: source)
        #expect(truth.holds, "\(truth.maximumDeviation)")
        #expect(truth.operations.map(\.name) == ["resample"])
        #expect(truth.operations.first?.roll == (roll == 0 ? nil : roll))
    }

    @Test func `catches a scratch that is painted over`() throws {
        let (photo, cutout) = try scene()
        let placement = still(scale: 0.5)
        let honest = try composite(cutout, placement)
        let patch = try honest.cropped(x: 330, y: 250, width: 6, height: 4)
        let tampered = try honest.pasting(patch, x: 336, y: 250)
        let truth = try Truth(of: tampered, placed: placement, from: photo, alpha: cutout, source: source)
        #expect(!truth.holds && truth.maximumDeviation > 1)
        let flag = try #require(truth.flag(slot: "left"))
        #expect(flag.code == "truth_guard" && flag.slot == "left")
    }

    @Test func `catches a single step of one channel of one pixel`() throws {
        let (photo, cutout) = try scene()
        let placement = still(scale: 0.5)
        let honest = try composite(cutout, placement)
        let tampered = try TestPicture.make(width: canvas.width, height: canvas.height, channels: 3) { x, y, pixel in
            let old = honest.pixel(x, y)
            for channel in 0..<3 { pixel[channel] = old[channel] }
            if x == 400 && y == 300 { pixel[1] &+= 2 }
        }
        let truth = try Truth(of: tampered, placed: placement, from: photo, alpha: cutout, source: source)
        #expect(!truth.holds)
    }

    @Test func `catches a tone that was not declared`() throws {
        let (photo, cutout) = try scene()
        var placement = still(scale: 0.5)
        placement.toneGain = 1.2
        let toned = try composite(cutout, placement)
        #expect(try Truth(of: toned, placed: placement, from: photo, alpha: cutout, source: source).holds)
        placement.toneGain = 1
        #expect(try !Truth(of: toned, placed: placement, from: photo, alpha: cutout, source: source).holds)
    }

    @Test func `catches a cut-out that is not of its photo`() throws {
        let (photo, cutout) = try scene()
        let other = try TestPicture.plain(width: photo.width, height: photo.height, [90, 91, 92])
        let truth = try Truth(of: cutout, from: other, source: source)
        #expect(!truth.holds && truth.maximumDeviation > 30)
    }

    @Test func `says so where there is nothing to compare`() throws {
        let photo = try TestPicture.scene(width: 60, height: 40)
        let faint = try photo.withAlpha(TestPicture.plain(width: 60, height: 40, [200]))
        let placement = still(scale: 1)
        let truth = try Truth(
            of: composite(faint, placement), placed: placement, from: photo, alpha: faint, source: source)
        #expect(truth.pixels == 0 && !truth.holds && truth.flag(slot: nil) != nil)
    }

    @Test func `refuses pictures that don't belong together, and stops when cancelled`() throws {
        let (photo, cutout) = try scene()
        let small = try TestPicture.scene(width: 20, height: 20)
        #expect(throws: Failure.self) {
            try Truth(of: small, placed: still(scale: 1), from: small, alpha: cutout, source: source)
        }
        #expect(throws: Failure.self) { try Truth(of: small, from: photo, source: source) }
        let cancel = CancelFlag()
        cancel.raise()
        let failure = #expect(throws: Failure.self) {
            try Truth(
                of: photo, placed: still(scale: 1), from: photo, alpha: cutout, source: source, cancel: cancel)
        }
        #expect(failure?.code == .cancelled)
    }

    private func scene() throws -> (photo: Bitmap, cutout: Bitmap) {
        let photo = try TestPicture.scene(width: 701, height: 523)
        let disc = try TestPicture.disc(width: 701, height: 523, radius: 0.44)
        return (photo, try photo.cutOut(by: disc.channel(3)))
    }

    private func still(scale: Double, roll: Double = 0) -> Placement {
        Placement(
            scale: scale, roll: roll, anchor: PicturePoint(x: 350.2, y: 261.7),
            target: PicturePoint(x: 399.5, y: 300))
    }

    private func composite(_ cutout: Bitmap, _ placement: Placement) throws(Failure) -> Bitmap {
        let floor = try Studio.paint(Backdrop.presets[0], canvas: canvas)
        return try Studio.compose(cutout: cutout, over: floor, placement: placement, floor: Backdrop.presets[0].floor)
    }
}
