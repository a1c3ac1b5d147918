import Imaging
import Testing

@testable import Stages

@Suite struct `Framing of renditions` {
    @Test func `covers with the largest window of the frame's shape`() {
        let framing = RenditionFraming(width: 1600, height: 1200, into: (800, 600), fit: .cover, subject: nil)
        #expect(framing.window == PixelBox(x: 0, y: 0, width: 1600, height: 1200))
        #expect(framing.place == PixelBox(x: 0, y: 0, width: 800, height: 600) && !framing.upscaled)
        let wide = RenditionFraming(width: 2000, height: 1000, into: (300, 300), fit: .cover, subject: nil)
        #expect(wide.window == PixelBox(x: 500, y: 0, width: 1000, height: 1000))
        let tall = RenditionFraming(width: 1000, height: 3000, into: (300, 200), fit: .cover, subject: nil)
        #expect(tall.window == PixelBox(x: 0, y: 1166, width: 1000, height: 667))
    }

    @Test func `centres on the subject and stays inside the picture`() {
        let left = PixelBox(x: 100, y: 300, width: 400, height: 200)
        #expect(RenditionFraming(width: 2000, height: 1000, into: (10, 10), fit: .cover, subject: left).window.x == 0)
        let middle = PixelBox(x: 700, y: 300, width: 400, height: 200)
        #expect(
            RenditionFraming(width: 2000, height: 1000, into: (10, 10), fit: .cover, subject: middle).window.x == 400)
        let right = PixelBox(x: 1700, y: 0, width: 300, height: 200)
        #expect(
            RenditionFraming(width: 2000, height: 1000, into: (10, 10), fit: .cover, subject: right).window.x == 1000)
    }

    @Test func `contains rather than cuts a known subject`() {
        let broad = PixelBox(x: 200, y: 300, width: 1500, height: 500)
        let framing = RenditionFraming(width: 2000, height: 1000, into: (500, 500), fit: .cover, subject: broad)
        #expect(framing.fit == .contain)
        #expect(framing.place == PixelBox(x: 0, y: 125, width: 500, height: 250))
        #expect(framing.window == PixelBox(x: 0, y: 0, width: 2000, height: 1000))
    }

    @Test func `says when it enlarges`() {
        #expect(RenditionFraming(width: 400, height: 300, into: (800, 600), fit: .cover, subject: nil).upscaled)
        #expect(RenditionFraming(width: 400, height: 300, into: (800, 600), fit: .contain, subject: nil).upscaled)
        #expect(!RenditionFraming(width: 801, height: 601, into: (800, 600), fit: .cover, subject: nil).upscaled)
    }

    @Test func `window and place are always inside, for every shape`() {
        let sides = [1, 2, 3, 17, 100, 1999]
        for width in sides {
            for height in sides {
                for frame in [(800, 600), (300, 200), (1080, 1920), (1, 1), (1792, 1024)] {
                    for fit in [RenditionProfile.Fit.cover, .contain] {
                        let subject = PixelBox(x: width / 2, y: 0, width: width - width / 2, height: height)
                        for subject in [nil, subject] {
                            check(
                                RenditionFraming(width: width, height: height, into: frame, fit: fit, subject: subject),
                                width,
                                height, frame)
                        }
                    }
                }
            }
        }
    }

    private func check(_ framing: RenditionFraming, _ width: Int, _ height: Int, _ frame: (Int, Int)) {
        let (window, place) = (framing.window, framing.place)
        #expect(window.x >= 0 && window.y >= 0 && window.width >= 1 && window.height >= 1)
        #expect(window.x + window.width <= width && window.y + window.height <= height)
        #expect(place.x >= 0 && place.y >= 0 && place.width >= 1 && place.height >= 1)
        #expect(place.x + place.width <= frame.0 && place.y + place.height <= frame.1)
        #expect(place.width == frame.0 || place.height == frame.1)
    }
}
