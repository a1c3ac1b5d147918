"""The tables as Markdown, and which of the bars are met."""
import statistics

HELD_IOU, HELD_PSNR = .975, 17
SHARE_OF_RINGS = 5 / 6
CPU, MEMORY = 60, 1e9


def markdown(heads, rows):
    """A table."""
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [heads, ["---"] * len(heads), *rows])


def number(score, key, digits, factor=1):
    """A figure, or a dash where it was not measured."""
    value = score.get(key)
    return "-" if value is None else f"{value * factor:.{digits}f}"


def line(score):
    """A run in a few words."""
    return f"{score['grade']}, {number(score, 'percent', 2)} %, {number(score, 'mean', 2)} degrees, {score['cpu']:.1f} CPU-s"


def cameras(results):
    """A line a run."""
    heads = ["ring", "grade", "placed", "centres, mm RMSE", "% of the radius", "rotation, mean / max degrees", "agreement",
             "cost", "distinctness", "surface off / short, mm", "CPU-s", "peak MB"]
    rows = []
    for name, each in results.items():
        s = each["rundum"]
        evidence = s.get("evidence") or {}
        grade = s["grade"] if s["grade"] != "refused" else f"refused: {s['code']}"
        path = "" if s.get("path") in (None, "object") else f" ({s['path']})"
        rows.append([name, grade + path, f"{s['placed']} of {s['of']}", number(s, "rmse", 1, 1000), number(s, "percent", 2),
                     f"{number(s, 'mean', 2)} / {number(s, 'max', 2)}", number(s, "agreement", 3),
                     number(evidence, "cost", 3), number(evidence, "distinctness", 1),
                     f"{number(s, 'off', 0, 1000)} / {number(s, 'short', 0, 1000)}", f"{s['cpu']:.1f}",
                     f"{s['peak'] / 1e6:.0f}"])
    return markdown(heads, rows)


def held(results):
    """A line a run with photos that were kept back."""
    heads = ["ring", "IoU, mean / least", "PSNR by texture", "SSIM", "PSNR by the nearest photos", "SSIM"]
    rows = [[name, f"{s['iou']:.4f} / {s['iouLeast']:.4f}", f"{s['psnr_texture']:.2f}", f"{s['ssim_texture']:.3f}",
             f"{s['psnr_photos']:.2f}", f"{s['ssim_photos']:.3f}"]
            for name, s in ((name, each["rundum"]) for name, each in results.items()) if "iou" in s]
    return markdown(heads, rows)


def peers(results):
    """What pycolmap finds on the same photos."""
    heads = ["ring", "placed", "% of the radius", "rotation, mean / max degrees", "CPU-s", "peak MB"]
    rows = [[name, f"{p['placed']} of {p['of']}", number(p, "percent", 2), f"{number(p, 'mean', 2)} / {number(p, 'max', 2)}",
             f"{p['cpu']:.1f}", f"{p['peak'] / 1e6:.0f}"]
            for name, p in ((name, each.get("pycolmap")) for name, each in results.items()) if p]
    return markdown(heads, rows)


def error(score, key):
    """An error, endless where there is no answer."""
    value = score.get(key)
    return float("inf") if value is None else value


def is_within(each):
    """Whether a ring keeps to its bars."""
    percent, degrees = each["bars"]
    s = each["rundum"]
    return error(s, "percent") <= (percent or 0) and (degrees is None or error(s, "mean") <= degrees)


def bars(results):
    """(bar, value, bound, met)."""
    def most(name, value, bound):
        return name, value, f"at most {bound}", value <= bound

    for name, each in results.items():
        s = each["rundum"]
        if each["group"] in ("fixture", "dinosaur"):
            for key, bound, unit in zip(("percent", "mean"), each["bars"], ("% of the radius", "degrees")):
                if bound:
                    yield most(f"{name}: {unit}", error(s, key), bound)
        if each["group"] == "beetle":
            iou, psnr = s.get("iou", 0), max(s.get("psnr_texture", 0), s.get("psnr_photos", 0))
            yield f"{name}: held-out IoU", iou, f"at least {HELD_IOU}", iou >= HELD_IOU
            yield f"{name}: held-out PSNR", psnr, f"at least {HELD_PSNR}", psnr >= HELD_PSNR
    noise = [error(each["rundum"], "percent") for each in results.values() if each["group"] == "noise"]
    if noise:
        yield most(f"2 px noise, median of {len(noise)}: % of the radius", statistics.median(noise), 1.5)
        yield most(f"2 px noise, worst of {len(noise)}: % of the radius", max(noise), 1.5)
    for group in ("vehicles", "vehicles' mattes"):
        met = [is_within(each) for each in results.values() if each["group"] == group]
        if met:
            share = sum(met) / len(met)
            yield f"{group}: {sum(met)} of {len(met)} rings within", share, f"at least {SHARE_OF_RINGS:.3f}", share >= SHARE_OF_RINGS
    yield most("CPU-s, the dearest ring", max(each["rundum"]["cpu"] for each in results.values()), CPU)
    yield most("peak MB, the largest ring", max(each["rundum"]["peak"] for each in results.values()) / 1e6, MEMORY / 1e6)


def text(results):
    """All of it."""
    if not results:
        return "nothing was measured"
    rows = [[name, f"{value:.3f}", bound, "yes" if met else "NO"] for name, value, bound, met in bars(results)]
    met = sum(row[3] == "yes" for row in rows)
    return "\n\n".join([
        "## Cameras and surfaces", cameras(results), "## Photos that were kept back", held(results), "## pycolmap",
        peers(results), "## Verdict", markdown(["bar", "value", "wanted", "met"], rows), f"{met} of {len(rows)} bars met"])
