"""Markdown of what was measured."""
import numpy as np

import methods
import scores


def markdown(head, rows):
    """A table."""
    lines = ["| " + " | ".join(head) + " |", "| --- " * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def share(count, of, digits=3):
    """A ratio, or a dash."""
    return f"{count / of:.{digits}f}" if of else "-"


def of(values, how, digits=3):
    """A figure of a list, or a dash."""
    return f"{how(values):.{digits}f}" if len(values) else "-"


def summary(score):
    """Figures of the rows of one score."""
    rows = score.rows
    found = [row for row in rows if row.found is not None]
    sharp = [row.covered for row in found if row.plate.exact or row.plate.mask is not None]
    masks = [row.masked for row in found if row.masked is not None]
    corners = [row.corner for row in found if row.corner is not None]
    lost = [row for row in rows if row.found is None and not row.flagged and row.covered < 0.9]
    exact, errors, characters, texts = scores.reading(rows)
    return {"plates": len(rows), "found": len(found), "wrong": len(score.wrong), "lost": len(lost),
            "cover": sharp, "masks": masks, "corners": corners, "flags": len(score.flags), "pictures": len(score.pictures),
            "flagged": sum(row.flagged and row.found is None for row in rows), "exact": exact, "errors": errors,
            "characters": characters, "texts": texts}


HEAD = ["plates", "recall", "precision", "cover, least", "cover < .99", "of masks", "corner error px", "flagged instead", "neither", "other flags a photo",
        "read exactly", "character error"]


def cells(s):
    """A summary's cells."""
    return [s["plates"], share(s["found"], s["plates"]), share(s["found"], s["found"] + s["wrong"]), of(s["cover"], min),
            f"{sum(value < .99 for value in s['cover'])} of {len(s['cover'])}" if s["cover"] else "-",
            f"{min(s['masks']):.3f}, {sum(value < .99 for value in s['masks'])} < .99" if s["masks"] else "-", of(s["corners"], np.median, 2),
            s["flagged"], s["lost"], share(s["flags"], s["pictures"], 2), share(s["exact"], s["texts"]), share(s["errors"], s["characters"])]


def by_set(all_scores, least=20):
    """A row a finder and set: plates of at least so many pixels of height for recall, all for precision."""
    rows = []
    for method, each in all_scores.items():
        for name, score in each.items():
            kept = scores.Score([row for row in score.rows if row.plate.height >= least], score.wrong, score.flags, score.pictures)
            rows.append([method, name, *cells(summary(kept))])
    return markdown(["finder", f"set (plates of {least} px and more)", *HEAD], rows)


def by_band(all_scores):
    """A row a finder and band of heights."""
    rows = []
    for method, each in all_scores.items():
        for low, high in scores.BANDS:
            inside = [row for score in each.values() for row in score.rows if low <= row.plate.height < high]
            s = summary(scores.Score(inside, [], [], []))
            rows.append([method, f"{low} to {high}" if high < 10_000 else f"{low} and more", s["plates"], share(s["found"], s["plates"]), of(s["cover"], min),
                         of(s["corners"], np.median, 2), s["flagged"], s["lost"], share(s["exact"], s["texts"])])
    return markdown(["finder", "height px", "plates", "recall", "cover, least", "corner error px", "flagged instead", "neither", "read exactly"], rows)


def plateless(all_scores):
    """A row a finder and kind of picture without plates."""
    rows = []
    for method, each in all_scores.items():
        whole = scores.Score([], [], [], [])
        for name, score in [*each.items(), ("all", whole)]:
            if name != "all":
                whole.wrong += score.wrong
                whole.flags += score.flags
                whole.pictures += score.pictures
            shown = len({picture.key for picture, _ in score.wrong})
            flagged = len({picture.key for picture, _ in score.flags})
            rows.append([method, name, len(score.pictures), shown, f"{100 * shown / max(1, len(score.pictures)):.2f}", flagged])
    return markdown(["finder", "pictures without plates", "pictures", "with a false cover", "a hundred", "flagged"], rows)


def verdict(known, empty):
    """The bars that our finder must meet, each with its value: met or not."""
    ours, rows = known.get(methods.OURS, {}), []

    def bar(name, value, bound, met):
        rows.append([name, value, bound, "yes" if met else "NO"])

    def tall(score):
        return [row for row in score.rows if row.plate.height >= 20]
    for name, score in ours.items():
        asked, floor = tall(score), 0.95 if name in ("openalpr_us", "openalpr_br") else 0.98
        found = sum(row.found is not None for row in asked)
        if asked:
            bar(f"recall: {name}", share(found, len(asked)), f">= {floor}", found >= floor * len(asked))
        if asked and floor > 0.95:
            right = sum(row.found is not None for row in score.rows)
            bar(f"precision: {name}", share(right, right + len(score.wrong)), ">= 0.95", right >= 0.95 * (right + len(score.wrong)))
    every = [row for score in ours.values() for row in score.rows]
    cover = [row.covered for score in ours.values() for row in tall(score)
             if row.found is not None and (row.plate.exact or row.plate.mask is not None)]
    if cover:
        bar("least cover of a found plate", f"{min(cover):.3f}", ">= 0.99", min(cover) >= 0.99)
    lost = summary(scores.Score(every, [], [], []))["lost"]
    bar("plates neither covered nor flagged", f"{lost} of {len(every)}", "<= 1 in 300", lost * 300 <= len(every))
    pictures = sum(len(score.pictures) for score in empty.get(methods.OURS, {}).values())
    shown = len({picture.key for score in empty.get(methods.OURS, {}).values() for picture, _ in score.wrong})
    if pictures:
        bar("false covers a hundred pictures without plates", f"{100 * shown / pictures:.2f}", "<= 1", shown * 100 <= pictures)
    met = sum(row[3] == "yes" for row in rows)
    return markdown(["bar", "value", "bound", "met"], rows) + f"\n\n{met} of {len(rows)} bars met"
