internal import Pipeline

/// What is held back, with the marked pictures and the commands that decide: for the person who decides, not to be published.
struct ReviewPage {
    let folder: ReviewFolder

    var html: String {
        let held = folder.listing.held
        let waiting = held.count == 1 ? "1 photo waits; nothing of it" : "\(held.count) photos wait; nothing of them"
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'self' data: file:; style-src 'unsafe-inline'; script-src 'none'">
            <title>Waiting for a look</title>
            <style>\(ListingPage.style)
            .held img{display:block;max-width:100%;height:auto;border-radius:12px;border:1px solid var(--line)}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:10px 14px;font-size:13px}</style>
            </head>
            <body>
            <header><h1>Waiting for a look</h1><p>\(waiting) is published. Do not publish this page.</p></header>
            <main>
            \(held.map(section).joined(separator: "\n"))
            \(held.count > 1 ? all(held) : "")
            </main>
            <footer>Plates that are sure are covered already, here and in every picture. A decision holds for exactly what is shown here. Where you see an open plate that is not marked, leave the photo out of the command.</footer>
            </body>
            </html>

            """
    }

    private func section(_ photo: Listing.Photo) -> String {
        let reasons = photo.review.map { "<li>\(escape($0.summary)) <code>\(escape($0.code))</code></li>" }.joined()
        return """
            <section class="held"><h2>\(escape(photo.input.name))</h2><ul>\(reasons)</ul>
            <img src="\(escape(ReviewFolder.picture(of: photo)))" alt="What may be a number plate is outlined">
            \(choices([photo]))</section>
            """
    }

    private func all(_ photos: [Listing.Photo]) -> String {
        "<section><h2>All of them at once</h2>\(choices(photos))</section>"
    }

    private func choices(_ photos: [Listing.Photo]) -> String {
        """
        <p>Cover what is marked:</p><pre>\(escape(folder.command("--cover", photos)))</pre>
        <p>Nothing marked is a number plate:</p><pre>\(escape(folder.command("--approve", photos)))</pre>
        """
    }

    private func escape(_ text: String) -> String { ListingPage.escape(text) }
}
