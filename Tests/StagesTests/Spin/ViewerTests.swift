import Foundation
import Pipeline
import Stages
import TestKit
import Testing

/// The page as its readers use it: a real browser, from a file, driven by its own protocol.
@Suite(.serialized)
struct ViewerTests {
    @Test func `shows the car from a file, without any request`() async throws {
        let page = try await open()
        defer { page.close() }
        try page.wait("rundumViewer.painted === 'sharp' && rundumViewer.loaded === 8")
        #expect(page.requests.allSatisfy { $0.hasPrefix("file:") || $0.hasPrefix("data:") || $0.hasPrefix("blob:") })
        #expect(page.requests.filter { $0.hasPrefix("file:") }.count == 1)
        #expect(page.complaints == [])
        // The car is red, the studio is not.
        let colours = try page.evaluate(
            """
            (() => { const c = document.getElementById('canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            let red = 0; for (let i = 0; i < d.length; i += 4) if (d[i] > 90 && d[i] > 2 * d[i + 1] && d[i] > 2 * d[i + 2]) red++;
            return red / (d.length / 4); })()
            """
        ).doubleValue
        #expect(colours ?? 0 > 0.03)
        #expect(try page.screenshot().count > 20_000)
    }

    @Test func `opens at the front left and says so`() async throws {
        // On a busy machine it may have turned on by itself before the last question.
        let page = try await open(reducedMotion: true)
        defer { page.close() }
        #expect(try attribute(page, "role") == "slider")
        #expect(try attribute(page, "aria-valuemin") == "0" && attribute(page, "aria-valuemax") == "7")
        #expect(try attribute(page, "aria-valuenow") == "1")
        #expect(try attribute(page, "aria-valuetext") == "Front left, 45 degrees")
        #expect(try attribute(page, "tabindex") == "0")
    }

    @Test func `follows the pointer and rests on a photo`() async throws {
        let page = try await open(reducedMotion: true)
        defer { page.close() }
        // To the left on a walk over the left side is forwards; 1.15 widths of the stage are a turn.
        try page.drag((0...8).map { (x: 700 - Double($0) * 30, y: 300) })
        try page.wait("rundumViewer.resting && rundumViewer.index === 3")
        #expect(try page.evaluate("rundumViewer.place === rundumViewer.index") == .bool(true))
        #expect(try attribute(page, "aria-valuenow") == "3")
        try page.drag((0...8).map { (x: 300 + Double($0) * 30, y: 300) })
        try page.wait("rundumViewer.resting && rundumViewer.index === 1")
    }

    @Test func `goes on turning for a moment after a fling`() async throws {
        let page = try await open()
        defer { page.close() }
        try page.key("Home")
        try page.wait("rundumViewer.resting && rundumViewer.index === 0")
        try page.drag((0...5).map { (x: 600 - Double($0) * 25, y: 300) })
        try page.wait("rundumViewer.resting")
        // The drag alone is one step.
        #expect(try page.evaluate("rundumViewer.index").intValue ?? 0 > 1)
        #expect(try page.evaluate("Number.isInteger(rundumViewer.place)") == .bool(true))
    }

    @Test func `turns by keys, also round the corner`() async throws {
        let page = try await open()
        defer { page.close() }
        try page.evaluate("document.getElementById('stage').focus()")
        for (key, expected) in [
            ("Home", 0), ("ArrowLeft", 7), ("ArrowRight", 0), ("ArrowRight", 1), ("End", 7), ("PageUp", 1),
            ("PageDown", 7), ("ArrowDown", 6), ("ArrowUp", 7),
        ] {
            try page.key(key)
            try page.wait("rundumViewer.resting && rundumViewer.index === \(expected)")
        }
        #expect(try attribute(page, "aria-valuetext") == "Front right, 315 degrees")
    }

    @Test func `zooms by wheel towards the pointer and pans when zoomed`() async throws {
        let page = try await open()
        defer { page.close() }
        try page.wheel((x: 250, y: 200), deltaY: -500)
        try page.wait("rundumViewer.zoom > 1.5")
        let pan = try #require(try page.evaluate("rundumViewer.pan").arrayValue?.compactMap(\.doubleValue))
        #expect(pan[0] > 50 && pan[1] > 30)
        let before = try index(page)
        try page.drag([(x: 500, y: 300), (x: 460, y: 280), (x: 430, y: 270)])
        let after = try #require(try page.evaluate("rundumViewer.pan").arrayValue?.compactMap(\.doubleValue))
        #expect(after[0] < pan[0] && after[1] < pan[1])
        #expect(try index(page) == before)
        try page.wheel((x: 250, y: 200), deltaY: 3000)
        try page.wait("rundumViewer.zoom === 1 && rundumViewer.pan[0] === 0")
    }

    @Test func `zooms by keys, buttons and a double click, and resets`() async throws {
        let page = try await open()
        defer { page.close() }
        try page.key("+")
        try page.wait("rundumViewer.zoom > 1.2")
        try page.key("-")
        try page.wait("rundumViewer.zoom === 1")
        try page.click("#in")
        try page.wait("rundumViewer.zoom > 1.2")
        try page.key("0")
        try page.wait("rundumViewer.zoom === 1")
        try page.click((x: 400, y: 300), count: 2)
        try page.wait("rundumViewer.zoom > 2")
        try page.click("#reset")
        try page.wait("rundumViewer.zoom === 1")
    }

    @Test func `turns by itself until somebody touches it`() async throws {
        let page = try await open(reducedMotion: false)
        defer { page.close() }
        try page.wait("rundumViewer.playing && rundumViewer.index !== 1")
        try page.wheel((x: 400, y: 300), deltaY: -10)
        try page.wait("!rundumViewer.playing && rundumViewer.resting")
        try page.click("#play")
        try page.wait("rundumViewer.playing && document.getElementById('play').ariaPressed === 'true'")
        try page.key("ArrowRight")
        try page.wait("!rundumViewer.playing")
    }

    @Test func `stays still where motion is unwanted`() async throws {
        let page = try await open(reducedMotion: true)
        defer { page.close() }
        try page.wait("rundumViewer.loaded === 8 && rundumViewer.resting")
        #expect(try page.evaluate("rundumViewer.playing") == .bool(false))
        #expect(try index(page) == 1)
        try page.key("ArrowRight")
        try page.wait("rundumViewer.index === 2")
    }

    @Test func `swipes and pinches on a phone`() async throws {
        let page = try await open(width: 390, height: 700, touch: true, reducedMotion: true)
        defer { page.close() }
        let box = try page.evaluate(
            "(() => { const b = document.getElementById('stage').getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        ).arrayValue?.compactMap(\.doubleValue)
        let middle = try #require(box)
        try page.touch((0...6).map { [(x: middle[0] + 90 - Double($0) * 25, y: middle[1])] })
        try page.wait("rundumViewer.resting && rundumViewer.index !== 1")
        try page.touch(
            (0...6).map {
                let half = 30 + Double($0) * 12
                return [(x: middle[0] - half, y: middle[1]), (x: middle[0] + half, y: middle[1])]
            })
        try page.wait("rundumViewer.zoom > 1.8")
    }

    @Test func `speaks German to Germans`() async throws {
        let page = try await open(language: "de-DE")
        defer { page.close() }
        #expect(try attribute(page, "aria-valuetext") == "Vorn links, 45 Grad")
        #expect(try page.evaluate("document.documentElement.lang") == "de")
        #expect(try page.evaluate("document.getElementById('full').ariaLabel") == "Vollbild")
    }

    @Test func `has a full-screen button, labels on all buttons and room on a small screen`() async throws {
        let page = try await open(width: 320, height: 480)
        defer { page.close() }
        let unlabelled = try page.evaluate("[...document.querySelectorAll('button')].filter(b => !b.ariaLabel).length")
        #expect(unlabelled == .int(0))
        #expect(try page.evaluate("document.getElementById('full').disabled") == .bool(false))
        #expect(try page.evaluate("document.documentElement.scrollWidth <= innerWidth") == .bool(true))
        let overlap = try page.evaluate(
            "document.getElementById('bar').getBoundingClientRect().top >= document.getElementById('stage').getBoundingClientRect().bottom"
        )
        #expect(overlap == .bool(true))
        try page.click("#full")
        try page.wait("document.fullscreenElement && document.getElementById('full').ariaPressed === 'true'")
        try page.key("f")
        try page.wait("!document.fullscreenElement")
    }

    @Test func `works without the preview and with a broken frame`() async throws {
        let bench = try await SharedSpin.value().bench
        var html = String(decoding: bench.bytes("viewer"), as: UTF8.self)
        let sprite = try #require(html.range(of: "<script type=\"text/plain\" id=\"sprite\""))
        let end = try #require(html[sprite.lowerBound...].range(of: "</script>"))
        html.removeSubrange(sprite.lowerBound..<end.upperBound)
        let frame = try #require(html.range(of: "data-frame=\"3\" data-type=\"image/webp\">"))
        let close = try #require(html[frame.upperBound...].range(of: "</script>"))
        html.replaceSubrange(frame.upperBound..<close.lowerBound, with: Data("no picture".utf8).base64EncodedString())
        let file = bench.folder.appending(path: "plain.html")
        try Data(html.utf8).write(to: file)
        let page = try Browser.shared.get().page(reducedMotion: true)
        defer { page.close() }
        try page.open(file)
        try page.wait("rundumViewer.painted === 'sharp'")
        for _ in 0..<3 { try page.key("ArrowRight") }
        try page.wait("rundumViewer.index === 4 && rundumViewer.painted === 'sharp'")
        #expect(page.complaints == [])
    }

    @Test func `offers nothing to turn for a single photo`() async throws {
        let bench = try StageBench()
        var options = SpinOptions()
        (options.width, options.height, options.backdrop) = (320, 240, "studio-dark")
        _ = try await bench.run(SpinStage(), options, on: [CutOuts.car[1]])
        let page = try Browser.shared.get().page()
        defer { page.close() }
        try page.open(try #require(bench.file("viewer")).file)
        try page.wait("rundumViewer.painted === 'sharp'")
        try page.key("ArrowRight")
        try page.drag([(x: 300, y: 300), (x: 500, y: 300)])
        #expect(try index(page) == 0)
        #expect(try page.evaluate("document.documentElement.dataset.theme") == "dark")
        #expect(try page.evaluate("getComputedStyle(document.getElementById('play')).display") == "none")
    }

    private func open(
        width: Int = 1000, height: Int = 700, touch: Bool = false, reducedMotion: Bool = false, language: String = "en"
    ) async throws -> BrowserPage {
        let viewer = try #require(try await SharedSpin.value().bench.file("viewer"))
        let page = try Browser.shared.get().page(
            width: width, height: height, touch: touch, reducedMotion: reducedMotion, language: language)
        try page.open(viewer.file)
        try page.wait("window.rundumViewer")
        return page
    }

    private func index(_ page: BrowserPage) throws -> Int { try page.evaluate("rundumViewer.index").intValue ?? -1 }

    private func attribute(_ page: BrowserPage, _ name: String) throws -> String? {
        try page.evaluate("document.getElementById('stage').getAttribute('\(name)')").stringValue
    }
}
