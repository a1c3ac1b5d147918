"""The evaluation's tables as Markdown, and the bars."""
from methods import OURS, PEER

# Millimetres and degrees that the fountain must keep to.
BARS = {"fountain, K known": (2.5, 0.036), "fountain, K unknown": (4.5, None), "fountain, wide": (2.8, None)}
CPU_RATIO, MEMORY = 1 / 3, 500e6


def markdown(heads, rows):
    """A table."""
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [heads, ["---"] * len(heads), *rows])


def number(score, key, digits):
    """A figure, or a dash where it was not measured."""
    return f"{score[key]:.{digits}f}" if key in score else "-"


def accuracy(results):
    """A line a set and method."""
    heads = ["set", "method", "placed", "centres, mm RMSE", "centres, % of the extent", "rotation, mean / max degrees",
             "reprojection, px", "CPU-s", "peak MB"]
    rows = []
    for name, methods in results.items():
        for method, s in methods.items():
            rows.append([name, method, f"{s['placed']} of {s['of']}", number(s, "millimetres", 2), number(s, "percent", 3),
                         f"{number(s, 'mean', 4)} / {number(s, 'max', 4)}", number(s, "reprojection", 2),
                         number(s, "cpu", 1), f"{s['peak'] / 1e6:.0f}"])
    return markdown(heads, rows)


def unplaced(reasons):
    """Why photos could not be placed, a line a set and reason."""
    rows = []
    for name, photos in reasons.items():
        groups = {}
        for photo, reason in photos.items():
            groups.setdefault(reason, []).append(photo)
        rows += [[name, ", ".join(group), reason] for reason, group in groups.items()]
    return markdown(["set", "photos", "not placed because"], rows)


def bars(results):
    """(bar, value, bound, met)."""
    for name, (millimetres, degrees) in BARS.items():
        ours = results.get(name, {}).get(OURS)
        if not ours:
            continue
        value = ours.get("millimetres", float("inf"))
        yield f"{name}: centres, mm", value, millimetres, value <= millimetres
        if degrees:
            value = ours.get("mean", float("inf"))
            yield f"{name}: rotation, degrees", value, degrees, value <= degrees
        peer = results[name].get(PEER)
        if peer:
            value = ours["cpu"] / peer["cpu"]
            yield f"{name}: CPU-s over pycolmap's", value, CPU_RATIO, value <= CPU_RATIO
        yield f"{name}: peak MB", ours["peak"] / 1e6, MEMORY / 1e6, ours["peak"] <= MEMORY


def verdict(results):
    """Markdown of the bars, and how many are met."""
    rows = list(bars(results))
    met = sum(row[3] for row in rows)
    table = markdown(["bar", "value", "at most", "met"],
                     [[name, f"{value:.3f}", f"{bound:.3f}", "yes" if good else "NO"] for name, value, bound, good in rows])
    return f"{table}\n\n{met} of {len(rows)} bars met"
