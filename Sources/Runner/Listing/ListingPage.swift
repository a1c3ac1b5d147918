internal import Foundation
internal import Pipeline

/// The listing as one page that works from a folder: the spin on top, every photo below, problems said first.
enum ListingPage {
    static func html(_ listing: Listing) -> String {
        let sections = [problems(listing), spin(listing), model(listing), gallery(listing), notes(listing)].compactMap(
            \.self)
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'self' data: file:; style-src 'unsafe-inline'; script-src 'none'">
            <title>Showroom</title>
            <style>\(style)</style>
            </head>
            <body>
            <header><h1>Showroom</h1><p>\(summary(listing))</p></header>
            <main>
            \(sections.joined(separator: "\n"))
            </main>
            <footer>Every frame of the spin is a photograph; nothing between them is invented. All files and their hashes: <a href="result.json">result.json</a></footer>
            </body>
            </html>

            """
    }

    private static func summary(_ listing: Listing) -> String {
        let (all, good) = (listing.photos.count, listing.published.count)
        return all == good
            ? "\(all) \(all == 1 ? "photo" : "photos"), ready to publish" : "\(good) of \(all) photos ready"
    }

    private static func problems(_ listing: Listing) -> String? {
        let items = listing.photos.compactMap { photo -> String? in
            if let failure = photo.failure { return item(photo, failure.summary, failure.hint, failure.code.rawValue) }
            return photo.review.first.map { flag in
                item(photo, flag.summary, photo.decision == nil ? flag.hint : heldBack, flag.code)
            }
        }
        guard !items.isEmpty else { return nil }
        return """
            <section class="problems" aria-labelledby="problems"><h2 id="problems">Needs a look</h2>
            <ul>\(items.joined())</ul></section>
            """
    }

    /// What to do stands beside the listing: this page may go online, and those pictures may not.
    private static let heldBack =
        "It is held back until you have looked: see the folder beside this one that ends in -review."

    private static func item(_ photo: Listing.Photo, _ summary: String, _ hint: String?, _ code: String) -> String {
        "<li><strong>\(escape(photo.input.name))</strong> \(escape(summary)) \(escape(hint ?? "")) <code>\(escape(code))</code></li>"
    }

    private static func spin(_ listing: Listing) -> String? {
        guard let viewer = listing.spin?.result?.outputs["viewer"] else { return nil }
        return """
            <section class="spin" aria-label="The car from all sides">
            <iframe src="spin/\(path(viewer.file))" title="The car from all sides: drag to turn" allow="fullscreen" allowfullscreen></iframe>
            </section>
            """
    }

    private static func model(_ listing: Listing) -> String? {
        guard let result = listing.model?.result, let file = result.outputs["model"],
            case .string(let grade) = result.data["grade"] ?? .null,
            case .string(let reason) = result.data["gradeReason"] ?? .null
        else { return nil }
        let links = [("model", "Download GLB"), ("silhouettes", "Outlines"), ("cameras", "Cameras")].compactMap {
            name, label in result.outputs[name].map { link("model/\($0.file)", label, $0) }
        }
        return """
            <section class="model" aria-labelledby="model"><h2 id="model">3D model</h2>
            <p><strong>Grade \(escape(grade)).</strong> \(escape(reason)) \((Double(file.bytes) / 1e6).formatted(.number.precision(.fractionLength(1)))) MB.</p>
            <p class="links">\(links.joined(separator: " "))</p></section>
            """
    }

    private static func gallery(_ listing: Listing) -> String? {
        let cards = listing.published.map(card)
        guard !cards.isEmpty else { return nil }
        return """
            <section aria-labelledby="pictures"><h2 id="pictures">Pictures</h2>
            <div class="grid">\(cards.joined(separator: "\n"))</div></section>
            """
    }

    private static func card(_ photo: Listing.Photo) -> String {
        let base = "photos/\(photo.folder)"
        let cutout = photo.cutout?.result?.outputs ?? [:]
        let renditions = photo.renditions?.result?.outputs ?? [:]
        let shown =
            renditions["listing"].map { "\(base)/renditions/\($0.file)" }
            ?? cutout["composite"].map { "\(base)/\($0.file)" }
        let full = cutout["composite"].map { "\(base)/\($0.file)" } ?? shown
        let covered = photo.plates?.result?.outputs["image"].map { link("\(base)/\($0.file)", "Photo", $0) }
        let links =
            [covered].compactMap(\.self)
            + ["composite", "cutout", "mask"].compactMap { name in
                cutout[name].map { link("\(base)/\($0.file)", label[name] ?? name, $0) }
            }
        let smaller = renditions.sorted { ($0.value.bytes, $0.key) > ($1.value.bytes, $1.key) }
            .map { link("\(base)/renditions/\($0.value.file)", $0.key.capitalized, $0.value) }
        let plates = photo.covered.map { $0 == 1 ? "1 plate covered" : "\($0) plates covered" }
        let size =
            renditions["listing"].flatMap { file in file.width.map { " width=\"\($0)\" height=\"\(file.height ?? 0)\"" }
            } ?? ""
        return """
            <figure><a href="\(path(full ?? ""))"><img src="\(path(shown ?? ""))"\(size) loading="lazy" alt="\(escape(photo.input.name)) in the studio"></a>
            <figcaption><strong>\(escape(photo.input.name))</strong>\(plates.map { "<small>\($0)</small>" } ?? "")<span>\((links + smaller).joined(separator: " "))</span></figcaption></figure>
            """
    }

    private static let label = ["composite": "Studio", "cutout": "Cut-out", "mask": "Mask"]

    private static func link(_ file: String, _ label: String, _ output: OutputFile) -> String {
        let size = output.width.map { "\($0) x \(output.height ?? 0), " } ?? ""
        return "<a href=\"\(path(file))\" title=\"\(size)\(output.bytes / 1000) kB\">\(escape(label))</a>"
    }

    private static func notes(_ listing: Listing) -> String? {
        guard !listing.notes.isEmpty else { return nil }
        let items = listing.notes.map { "<li>\(escape($0))</li>" }.joined()
        return
            "<section class=\"notes\" aria-labelledby=\"notes\"><h2 id=\"notes\">Before it goes online</h2><ul>\(items)</ul></section>"
    }

    /// Text for element content and quoted attributes.
    static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }

    private static func path(_ file: String) -> String {
        escape(file.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? "")
    }

    static let style = """
        :root{--ink:#0a0a0a;--soft:#5c6666;--line:#dfe4e4;--paper:#fff;--ground:#f4f6f6;--teal:#1f7a6f;--gold:#8a6d12;color-scheme:light dark}
        @media(prefers-color-scheme:dark){:root{--ink:#f2f5f5;--soft:#9aa6a6;--line:#2c3030;--paper:#1a1a1a;--ground:#0a0a0a;--teal:#00d4d4;--gold:#d4af37}}
        *{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        header,main,footer{max-width:1180px;margin:0 auto;padding:0 24px}header{display:flex;align-items:baseline;gap:16px;padding-top:28px;padding-bottom:12px}
        h1{font-size:26px;font-weight:650;letter-spacing:-.02em;margin:0}header p{margin:0;color:var(--soft)}h2{font-size:17px;font-weight:600;margin:36px 0 12px}
        .spin iframe{display:block;width:100%;aspect-ratio:3/2;max-height:84vh;border:0;border-radius:14px;background:var(--paper);box-shadow:0 1px 2px #0001,0 12px 40px #00000014}
        .model p{margin:4px 0}.links{display:flex;gap:4px 16px}
        .grid{display:grid;gap:18px;grid-template-columns:repeat(auto-fill,minmax(270px,1fr))}figure{margin:0;background:var(--paper);border:1px solid var(--line);border-radius:12px;overflow:hidden}
        figure img{display:block;width:100%;height:auto;aspect-ratio:4/3;object-fit:cover}figcaption{padding:10px 14px 12px;font-size:14px}figcaption strong{display:block;font-weight:600;overflow-wrap:anywhere}figcaption small{display:block;color:var(--soft)}
        figcaption span{display:flex;flex-wrap:wrap;gap:4px 12px}a{color:var(--teal);text-decoration:none}a:hover,a:focus-visible{text-decoration:underline}:focus-visible{outline:2px solid var(--teal);outline-offset:3px}
        .problems{border:1px solid var(--gold);border-radius:12px;background:var(--paper);padding:4px 20px;margin-bottom:20px}.problems h2{margin:14px 0 6px;color:var(--gold)}ul{padding-left:20px;margin:8px 0 14px}li{margin:4px 0}
        code{font-size:12px;color:var(--soft)}.notes ul{color:var(--soft)}footer{padding-top:28px;padding-bottom:40px;color:var(--soft);font-size:14px}
        """
}
