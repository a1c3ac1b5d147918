import Foundation
import Pipeline
import TestKit
import Testing

/// The listing as a browser shows it, straight from its folder.
@Suite struct PageTests {
    @Test func `the listing page shows the spin and every picture, from files alone`() async throws {
        let showroom = try Showroom(photos: Array(Fixtures.carPhotos.prefix(2)))
        let outcome = try await showroom.run("listing")
        try #require(outcome.status == 0, "\(outcome.err)")
        let page = try Browser.shared.get().page(width: 1280, height: 1600)
        defer { page.close() }
        try page.open(showroom.folder("listing").appending(path: "index.html"))
        try page.wait("[...document.images].length === 2")
        try page.evaluate("for (const i of document.images) i.loading = 'eager'")
        try page.wait("[...document.images].every(i => i.complete && i.naturalWidth === 800)")
        try page.wait("document.querySelector('iframe') !== null")
        #expect(page.requests.allSatisfy { $0.hasPrefix("file:") || $0.hasPrefix("data:") || $0.hasPrefix("blob:") })
        #expect(page.requests.contains { $0.hasSuffix("spin/viewer.html") })
        #expect(page.complaints == [])
        let links = try page.evaluate(
            "[...document.querySelectorAll('a')].map(a => a.getAttribute('href')).join('\\n')")
        for link in (links.stringValue ?? "").split(separator: "\n") {
            let file = showroom.folder("listing").appending(path: String(link).removingPercentEncoding ?? "")
            #expect(FileManager.default.fileExists(atPath: file.path), "\(link)")
        }
        #expect(try page.screenshot().count > 50_000)
    }
}
