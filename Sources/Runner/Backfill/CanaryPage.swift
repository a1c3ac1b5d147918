internal import Foundation
internal import JobQueue

/// The contact sheet of a canary: a row an item, before and after.
struct CanaryPage {
    let backfill: Backfill
    let rows: [CanaryFolder.Row]
    let resume: String

    var html: String {
        let good = rows.count { $0.outcome == "succeeded" }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'self' data: file:; style-src 'unsafe-inline'; script-src 'none'">
            <title>Backfill \(backfill.id): the first \(rows.count)</title>
            <style>\(ListingPage.style)\(Self.style)</style>
            </head>
            <body>
            <header><h1>Backfill \(backfill.id), \(escape(backfill.spec.name))</h1><p>\(good) of the first \(rows.count) succeeded; \(BackfillView.grouped(backfill.total)) in all</p></header>
            <main>
            <div class="pair head" aria-hidden="true"><h2>Before</h2><h2>After</h2></div>
            \(rows.map(section).joined(separator: "\n"))
            <section class="next"><h2>And now?</h2>
            <p>All is as it should be:</p><pre>\(escape(resume))</pre>
            <p>It is not; these results go out of use:</p><pre>\(escape("rundum backfill rollback \(backfill.id)"))</pre></section>
            </main>
            <footer>Small copies; the files themselves are those of the jobs.</footer>
            </body>
            </html>

            """
    }

    private func section(_ row: CanaryFolder.Row) -> String {
        let remarks = row.remarks.map { "<li>\(escape($0))</li>" }.joined()
        let took = row.seconds > 0 ? " in \(StatsText.seconds(row.seconds))" : ""
        return """
            <section class="item"><h3>\(escape(row.key)) <span class="\(escape(row.outcome))">\(escape(row.outcome))\(took)</span></h3>
            \(remarks.isEmpty ? "" : "<ul>\(remarks)</ul>")
            <div class="pair"><div class="side">\(side(row.before, row.isReplaced ? "before" : "as it was given"))</div><div class="side">\(side(row.after, "after"))</div></div></section>
            """
    }

    private func side(_ pictures: [CanaryFolder.Picture], _ when: String) -> String {
        guard !pictures.isEmpty else { return "<p class=\"none\">No picture.</p>" }
        return pictures.map { picture in
            """
            <figure><img src="\(escape(picture.file))" width="\(picture.width)" height="\(picture.height)" loading="lazy" alt="\(escape(picture.name)), \(when)"><figcaption>\(escape(picture.name))</figcaption></figure>
            """
        }.joined()
    }

    private func escape(_ text: String) -> String { ListingPage.escape(text) }

    private static let style = """
        .pair{display:grid;grid-template-columns:1fr 1fr;gap:18px}.head{position:sticky;top:0;background:var(--ground);z-index:1}.head h2{margin:8px 0}
        .item{margin:0 0 28px}.item h3{font-size:15px;font-weight:600;margin:12px 0 8px;overflow-wrap:anywhere}.item h3 span{font-weight:400;color:var(--gold);margin-left:8px}.item h3 .succeeded{color:var(--teal)}
        .side{display:grid;gap:12px;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));align-content:start}.side figure:first-child{grid-column:1/-1}.side figure img{aspect-ratio:auto;object-fit:contain}.side figcaption{padding:6px 12px;color:var(--soft);overflow-wrap:anywhere}.none{color:var(--soft)}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:10px 14px;font-size:13px}
        """
}
